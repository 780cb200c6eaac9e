"""The prover: translation validation of a program against the reference, for all inputs.

Untrusted. Only ``check-proof``, which shares no rule with it, says *verified*.
"""

from .prover import prove, prove_limited
from .result import Counterexample, ProofResult, ProofVerdict

__all__ = ["Counterexample", "ProofResult", "ProofVerdict", "prove", "prove_limited"]
