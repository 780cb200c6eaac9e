"""Verification of kernel submissions as data: artifact in, evidence out.

The library's face is ``__all__``; all other names may change. A name is imported when it is first
asked for, so that ``import cycleproof`` costs nothing.

    import cycleproof
    evidence = cycleproof.verify("kernel.json")
    print(evidence.exit_code, [finding.established for finding in evidence.findings])
"""

from typing import TYPE_CHECKING, Any

from .base.version import __version__

__all__ = [
    "JUDGED",
    "Artifact",
    "CycleproofError",
    "EnginesDisagree",
    "Evidence",
    "Finding",
    "FrozenAltered",
    "GeneratorFailed",
    "MissingDependency",
    "NotReproducible",
    "Refused",
    "Requirements",
    "RunnerFailed",
    "Shape",
    "Statement",
    "Unreadable",
    "Verdict",
    "__version__",
    "build",
    "check_proof",
    "load",
    "prove",
    "verify",
]

if TYPE_CHECKING:
    from .api import (
        JUDGED,
        Artifact,
        CycleproofError,
        EnginesDisagree,
        Evidence,
        Finding,
        FrozenAltered,
        GeneratorFailed,
        MissingDependency,
        NotReproducible,
        Refused,
        Requirements,
        RunnerFailed,
        Shape,
        Statement,
        Unreadable,
        Verdict,
        build,
        check_proof,
        load,
        prove,
        verify,
    )


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'cycleproof' has no attribute {name!r}")
    from . import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return __all__
