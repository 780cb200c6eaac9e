"""Evidence: what each check established about one artifact, as data for every report.

A check says what it ``Found``; under its name that is a ``Finding``. ``Evidence`` collects them
with what they were held against; its JSON form is the one source of the terminal table, JUnit,
HTML, bundles and attestations.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from frozen.problem import JUDGED, Shape

from ..artifact.format import LoadedArtifact
from ..base.errors import ExitCode, Unreadable
from ..base.statement import CHOICES, Statement
from ..base.statement import JUDGED as CONTRACT
from ..base.strictjson import read_strict
from ..challenge.facts import THRESHOLDS

EVIDENCE_FORMAT = "cycleproof-evidence/1"
RUNS = ("seeds", "directed")  # checks that look at what runs leave in memory
ALTERED = "altered"  # the figure of a finding about a file that is not the pinned one
INSTEAD = "instead"  # of a check that cannot answer here: the words of a command that helps
THE_ARTIFACT = "ARTIFACT"  # the path of what is verified, among these words
BESIDE_THE_RUNS = frozenset({"reproduce", "attestation", "requirements"})  # of no word a run leaves
OUTPUT_CHECKS = frozenset({"proof", "seeds", "directed", "bulk", "upstream"})


class State(StrEnum):
    """What became of memory that the contract leaves free. The forest is right if unchanged."""

    PROVED_RIGHT = "proved right"
    LEFT_AT_ZERO = "left at zero"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Leftover(NamedTuple):
    """A state and who established it: ``prover`` (the checker does not look), ``runs``, or ``""``.

    ``runs`` speak of the inputs that were run, ``prover`` of all of them.
    """

    state: State
    by: str


def state_of(fact: str) -> State:
    """The state that the prover's words on final indices or forest mean."""
    if fact.startswith("refuted"):
        return State.WRONG
    states = {
        "proved right": State.PROVED_RIGHT,
        "proved unchanged": State.PROVED_RIGHT,
        "proved left at zero": State.LEFT_AT_ZERO,
    }
    return states.get(fact, State.UNKNOWN)


class Verdict(StrEnum):
    """A check's answer. ``skipped`` means that it did not run and says nothing."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Found(NamedTuple):
    """What a check says; ``verify`` puts its name to it. The fields are those of ``Finding``."""

    verdict: Verdict
    established: str
    figures: Mapping[str, Any] = MappingProxyType({})
    notes: Sequence[str] = ()
    reproduce: str = ""


@dataclass(frozen=True)
class Finding:
    """What one check found.

    ``established`` is one sentence that claims no more than was done, its domain included; for
    a skipped check it is the reason, for a failed one what is wrong. ``figures`` are JSON values.
    ``reproduce`` is the one command that shows a failure again.
    """

    check: str
    verdict: Verdict
    established: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    reproduce: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "check": self.check,
            "verdict": str(self.verdict),
            "established": self.established,
            "figures": dict(self.figures),
            "notes": list(self.notes),
            "reproduce": self.reproduce,
        }


def describe(loaded: LoadedArtifact) -> dict[str, Any]:
    """What a finding is about: digests, shape, claim and generator."""
    return {
        "file_sha256": loaded.file_sha256,
        "program_sha256": loaded.decoded.program_sha256,
        "shape": loaded.decoded.shape._asdict(),
        "cycles": loaded.decoded.cycles,
        "generator": dict(loaded.decoded.generator),
    }


@dataclass(frozen=True, repr=False)
class Evidence:
    """All findings about one artifact, and what they were held against."""

    artifact: Mapping[str, Any]  # file_sha256, program_sha256, shape, cycles, generator
    frozen: Mapping[str, Any]  # version, digest, files (name -> SHA-256)
    tool: Mapping[str, str]  # cycleproof and Python versions
    findings: Sequence[Finding]

    def __repr__(self) -> str:
        named = ((verdict, self.named(verdict)) for verdict in Verdict)
        said = "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in named if names)
        return f"<Evidence on {self.artifact['cycles']:,} cycles at {self.shape}: {said}>"

    @property
    def exit_code(self) -> ExitCode:
        """0 all that ran passed, 1 one failed, 4 one that ran is open or none was of outputs.

        3 before all of these where something was found altered.
        """
        if self.altered:
            return ExitCode.ALTERED
        if self.named(Verdict.FAIL):
            return ExitCode.FAILED
        checked = OUTPUT_CHECKS.intersection(self.named(Verdict.PASS))
        return (
            ExitCode.INCONCLUSIVE if self.named(Verdict.UNKNOWN) or not checked else ExitCode.PASSED
        )

    @property
    def altered(self) -> str:
        """What a check found altered that has to be one fixed file; ``""`` for nothing."""
        found = (each.figures.get(ALTERED) for each in self.findings)
        return next((text for text in found if text and isinstance(text, str)), "")

    def is_about(self, artifact: LoadedArtifact) -> bool:
        """Whether it describes exactly these bytes, with their own claim."""
        return dict(self.artifact) == describe(artifact)

    def named(self, verdict: Verdict) -> list[str]:
        """The checks with this verdict, in the order they ran."""
        return [finding.check for finding in self.findings if finding.verdict is verdict]

    def figures(self, check: str) -> Mapping[str, Any]:
        """The figures of a check; none if it has no finding."""
        return next((found.figures for found in self.findings if found.check == check), {})

    @property
    def statement(self) -> Statement:
        """What the check ``proof`` is about; the contract's if it does not say so in order."""
        said = self.figures("proof").get("statement")
        if not isinstance(said, Mapping) or said.keys() != CHOICES.keys():
            return CONTRACT
        known = all(said[key] in values for key, values in CHOICES.items())
        return Statement(**said) if known else CONTRACT

    @property
    def final_indices(self) -> Leftover:
        """The indices in memory at the end, held against the reference's; not judged."""
        seen = {str(self.figures(check).get("final_indices", "")) for check in RUNS} - {""}
        if any("wrong" in text for text in seen):
            return Leftover(State.WRONG, "runs")
        proved = self._prover_says("indices")
        if proved is not State.UNKNOWN:
            return Leftover(proved, "prover")
        zero = seen == {"untouched"}
        return Leftover(State.LEFT_AT_ZERO, "runs") if zero else Leftover(State.UNKNOWN, "")

    @property
    def forest(self) -> Leftover:
        """The tree in memory at the end, right if unchanged; not judged."""
        if any(self.figures(check).get("forest_preserved") is False for check in RUNS):
            return Leftover(State.WRONG, "runs")
        proved = self._prover_says("forest")
        return Leftover(proved, "" if proved is State.UNKNOWN else "prover")

    def _prover_says(self, fact: str) -> State:
        passed = "proof" in self.named(Verdict.PASS)
        return state_of(str(self.figures("proof").get(fact, ""))) if passed else State.UNKNOWN

    @property
    def outputs_right(self) -> bool:
        """Whether a check of outputs passed, and all on runs: only then a count counts."""
        findings = [each for each in self.findings if each.check not in BESIDE_THE_RUNS]
        return replace(self, findings=findings).exit_code == ExitCode.PASSED

    @property
    def thresholds_passed(self) -> list[int]:
        """The thresholds that a kernel lies below which passed at the one shape they are for."""
        if not self.is_judged_shape or not self.outputs_right:
            return []
        cycles = self.artifact["cycles"]
        return [limit.cycles for limit in THRESHOLDS if cycles < limit.cycles]

    @property
    def thresholds_text(self) -> str:
        """These thresholds as a report lists them, or why there are none."""
        if not self.is_judged_shape:
            return f"none; they are for {JUDGED}"
        if not self.outputs_right:
            return "none; they are for kernels that passed"
        passed = [limit for limit in THRESHOLDS if limit.cycles in self.thresholds_passed]
        if not passed:
            return "none"
        best = min(passed)
        count = f"{len(passed)} of {len(THRESHOLDS)}"
        return f"{count}; the hardest of them is {best.cycles:,} cycles (“{best.name}”)"

    @property
    def shape(self) -> Shape:
        """The shape that it is about."""
        return Shape(**self.artifact["shape"])

    @property
    def is_judged_shape(self) -> bool:
        """Whether it is about the one shape that the challenge judges."""
        return self.shape == JUDGED

    def as_json(self) -> dict[str, Any]:
        """The evidence as JSON values."""
        return {
            "format": EVIDENCE_FORMAT,
            "artifact": dict(self.artifact),
            "frozen": dict(self.frozen),
            "tool": dict(self.tool),
            "exit_code": int(self.exit_code),
            "thresholds_passed": self.thresholds_passed,
            "final_indices": self.final_indices._asdict(),
            "forest": self.forest._asdict(),
            "findings": [finding.as_json() for finding in self.findings],
        }

    def encode(self) -> bytes:
        """The JSON file; the same evidence gives the same bytes."""
        return (json.dumps(self.as_json(), indent=1) + "\n").encode("ascii")


_SHAPE_KEYS = ("forest_height", "rounds", "batch_size")
_GENERATOR_KEYS = ("name", "version", "sources_sha256")
_FINDING_KEYS = {"check", "verdict", "established", "figures", "notes", "reproduce"}
_EVIDENCE_KEYS = {
    "format": str,
    "artifact": dict,
    "frozen": dict,
    "tool": dict,
    "exit_code": int,
    "thresholds_passed": list,
    "final_indices": dict,
    "forest": dict,
    "findings": list,
}
_ARTIFACT_KEYS = {
    "file_sha256": str,
    "program_sha256": str,
    "shape": dict,
    "cycles": int,
    "generator": dict,
}


def read_evidence(data: bytes, name: str) -> Evidence:
    """Evidence from its own JSON form. Raises ``Unreadable``.

    What is derived (exit code, thresholds, leftovers) must follow from the findings, so a file
    whose verdict was edited without its findings is refused. That is form, not trust: whoever wants
    to believe a finding runs the check again.
    """

    def refuse(problem: str) -> NoReturn:
        raise Unreadable(f"{name}: {problem}")

    def typed(value: Any, keys: Mapping[str, type], at: str) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != keys.keys():
            refuse(f"{at}: expected an object with the keys {', '.join(sorted(keys))}")
        for key, kind in keys.items():
            if type(value[key]) is not kind:
                refuse(f"{at}.{key}: expected {kind.__name__}")
        return value

    document = typed(read_strict(data, name), _EVIDENCE_KEYS, "evidence")
    if document["format"] != EVIDENCE_FORMAT:
        refuse(f"format: expected {EVIDENCE_FORMAT!r}, got {document['format']!a:.40}")
    typed(document["artifact"], _ARTIFACT_KEYS, "artifact")
    typed(document["artifact"]["shape"], dict.fromkeys(_SHAPE_KEYS, int), "artifact.shape")
    typed(document["artifact"]["generator"], dict.fromkeys(_GENERATOR_KEYS, str), "generator")
    typed(document["frozen"], {"version": str, "digest": str, "files": dict}, "frozen")
    findings = []
    for number, item in enumerate(document["findings"]):
        at = f"findings[{number}]"
        kinds = dict.fromkeys(_FINDING_KEYS, str) | {"figures": dict, "notes": list}
        finding = typed(item, kinds, at)
        if finding["verdict"] not in set(Verdict):
            refuse(f"{at}.verdict: {finding['verdict']!a:.40} is no verdict")
        if not all(type(note) is str for note in finding["notes"]):
            refuse(f"{at}.notes: expected strings")
        findings.append(Finding(**finding | {"verdict": Verdict(finding["verdict"])}))
    evidence = Evidence(document["artifact"], document["frozen"], document["tool"], findings)
    derived = evidence.as_json()
    for key in ("exit_code", "thresholds_passed", "final_indices", "forest"):
        if derived[key] != document[key]:
            refuse(f"{key}: does not follow from the rest")
    return evidence
