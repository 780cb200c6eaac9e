"""The checks. Each is one module, with its ``run`` and its options, and one row here, in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

from ..analysis import Pairs
from ..analysis.footprints import Footprint, footprints
from ..artifact.format import LoadedArtifact, slots_of
from ..base.errors import CycleproofError
from ..base.gauge import Tell
from ..evidence.model import Finding, Found
from ..simulator.frozenbase import FrozenBase
from ..simulator.runner import Answer
from ..simulator.runs import Request, Runs
from ..simulator.seeds import new_nonce


@dataclass(frozen=True)
class Asked:
    """What a check is asked for. A check that takes options derives ``Options`` from this.

    Its fields have defaults and the names of the parameters that the module's ``OPTIONS`` make:
    those are the click options that `verify` takes for the check.
    """

    def look(self, artifacts: int) -> CycleproofError | None:
        """Raise what is wrong with them, before any work; return what need not stop it.

        ``artifacts``: how many they are for. Raises ``CycleproofError``, ``click.UsageError``.
        """
        return None

    @property
    def single(self) -> str:
        """The option that asks for one run and leaves the other checks out, or ""."""
        return ""

    @property
    def wanted(self) -> bool:
        """Whether the check runs where it would settle nothing, too."""
        return False

    @property
    def special(self) -> bool:
        """Whether the evidence is for this one purpose, so that it is not kept for others."""
        return False


_Options = TypeVar("_Options", bound=Asked)


@dataclass(frozen=True)
class Subject:
    """What is checked, against what, and what each check is asked for."""

    artifact: LoadedArtifact
    base: FrozenBase
    options: tuple[Asked, ...] = ()  # one of a kind
    nonce: bytes = field(default_factory=new_nonce)
    replayed: bool = False  # the nonce was given, so its seeds are no fresh ones
    tell: Callable[[int], None] = lambda _: None  # called with the seeds that bulk has run so far
    tell_proof: Tell = lambda *_: None  # called with how far the proof is, in its own process
    runs: Runs = field(default_factory=Runs)

    @cached_property
    def slots(self) -> Sequence[Pairs]:
        """The slots of each bundle of the program, with their ops."""
        return slots_of(self.artifact.decoded.program)

    @cached_property
    def footprints(self) -> Sequence[Sequence[Footprint]]:
        """The scratch words of each of these slots."""
        return footprints(self.slots)

    def of(self, kind: type[_Options]) -> _Options:
        """The options of this kind; its defaults where nothing was asked for."""
        return next((each for each in self.options if type(each) is kind), kind())

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

    @property
    def _module(self) -> Any:
        return import_module(f"{__name__}.{self.name}")

    def load(self) -> None:
        """Import the module now, for the processes that are forked later."""
        _ = self._module

    @property
    def parameters(self) -> Sequence[Callable[[Any], Any]]:
        """The click options that `verify` takes for it."""
        found: Sequence[Callable[[Any], Any]] = getattr(self._module, "OPTIONS", ())
        return found

    @property
    def options(self) -> type[Asked]:
        """The kind of what it is asked for."""
        kind: type[Asked] = getattr(self._module, "Options", Asked)
        return kind

    def requests(self, subject: Subject) -> list[Request]:
        """The runs that the check will ask for."""
        if not self.runs_inputs:
            return []
        found: list[Request] = self._module.requests(subject)
        return found

    def run(self, subject: Subject) -> Finding:
        """What the check finds, under its name. Raises only ``CycleproofError``."""
        found: Found = self._module.run(subject)
        return Finding(self.name, *found)


CHECKS = (
    Check("decode", "it is a well-formed program for this machine"),
    Check("lint", "it claims no fewer cycles than its slots need; hazards are listed, not judged"),
    Check(
        "shifts",
        "no left shift by more than 1,024: greater ones can cost the challenge's machine minutes",
    ),
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
    Check(
        "bulk",
        "correct on millions of random seeds",
        ("frozen",),
        settles="proof",
        runs_inputs=True,
    ),
    Check(
        "upstream",
        "the challenge's own untouched tests accept it, in a clean copy",
        ("frozen", "shifts"),
    ),
    Check("reproduce", "building again gives the same bytes"),
    Check("attestation", "the holders of the named keys vouch for exactly these bytes"),
)
