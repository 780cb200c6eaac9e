"""The checks. Each is one module with a ``run`` and one row here, in the order they run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from ..artifact.format import LoadedArtifact
from ..base.gauge import Tell
from ..evidence.model import Finding
from ..simulator.base import FrozenBase
from ..simulator.runner import Answer
from ..simulator.runs import Request, Runs
from ..simulator.seeds import FIXED_SEEDS, FRESH_SEEDS, new_nonce


class Amount(NamedTuple):
    """How many seeds the check ``bulk`` runs: a number, or as many as the seconds allow."""

    seeds: int
    seconds: float | None = None


@dataclass(frozen=True)
class Subject:
    """What is checked, against what, and how much."""

    artifact: LoadedArtifact
    base: FrozenBase
    fixed_seeds: tuple[int, ...] = FIXED_SEEDS
    fresh_seeds: int = FRESH_SEEDS
    directed_input: str | None = None  # the one to run, by its name; all if None
    nonce: bytes = field(default_factory=new_nonce)
    replayed: bool = False  # the nonce was given, so its seeds are no fresh ones
    upstream: Path | None = None
    attestation: Path | None = None
    keys: tuple[Path, ...] = ()
    threshold: int = 1
    reproduce: bool = False
    audit: bool = False  # each step of the proof by two solvers, none by rules
    bulk: Amount | None = None  # None: the check's own number, where the proof stays open
    engine: str = "llvm"
    tell: Callable[[int], None] = lambda _: None  # called with the seeds that bulk has run so far
    tell_proof: Tell = lambda *_: None  # called with how far the proof is, in its own process
    runs: Runs = field(default_factory=Runs)

    def answers(self, requests: list[Request]) -> list[Answer]:
        """What the frozen base says of some runs of the artifact."""
        return self.runs.answers(self.base, self.artifact.data, requests)


class Check(NamedTuple):
    """A row of the registry: the module is imported when the check runs.

    A check is not run where one that it ``needs`` did not pass.
    """

    name: str
    establishes: str
    needs: tuple[str, ...] = ()
    settles: str = ""  # unless asked for, it runs only where this check's answer is unknown
    runs_inputs: bool = False  # its module says on which, by ``requests``
    aside: bool = False  # it starts before all others, in a process of its own

    def requests(self, subject: Subject) -> list[Request]:
        """The runs that the check will ask for."""
        if not self.runs_inputs:
            return []
        module = import_module(f"{__name__}.{self.name}")
        found: list[Request] = module.requests(subject)
        return found

    @property
    def run(self) -> Callable[[Subject], Finding]:
        """The check's function; it raises ``CycleproofError`` alone."""
        module = import_module(f"{__name__}.{self.name}")
        function: Callable[[Subject], Finding] = module.run
        return function


CHECKS = (
    Check("decode", "it is a well-formed program for this machine"),
    Check("lint", "hazards, reads of words never written, dead slots; figures per engine"),
    Check("shifts", "no left shift by more than 1024, which the challenge's machine can run"),
    Check(
        "frozen",
        "the simulator's bytes are the pinned ones, and these bytes are what ran",
        runs_inputs=True,
    ),
    Check("proof", "correct for all inputs of the shape", ("frozen",), aside=True),
    Check(
        "seeds",
        "correct on fixed seeds and on fresh random ones, all with one cycle count",
        ("frozen",),
        runs_inputs=True,
    ),
    Check("directed", "correct on inputs built to break it", ("frozen",), runs_inputs=True),
    Check("bulk", "correct on millions of random seeds", ("frozen",), settles="proof"),
    Check(
        "upstream",
        "the challenge's own untouched tests accept it, in a clean copy",
        ("frozen", "shifts"),
    ),
    Check("reproduce", "building again gives the same bytes"),
    Check("attestation", "the holders of the named keys vouch for exactly these bytes"),
)
