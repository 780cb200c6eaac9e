"""What evidence must hold: requirements that a user sets, and what a submission always needs.

``REQUIREMENTS`` is the one table behind ``--require``, the requirements file and the gates
(``hook``, ``pack``, ``attest``, the action), which demand the judged shape unless told otherwise.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from frozen.problem import JUDGED

from ..artifact.format import LoadedArtifact
from ..base.errors import Refused, Unreadable
from ..base.files import read_regular
from ..base.statement import ANY
from ..challenge.facts import A_CLONE
from ..simulator.frozenbase import installed_pins, pins_digest
from .model import Evidence, Finding, Leftover, State, Verdict

NEEDED = ("decode", "frozen", "seeds", "directed")
CHECK = "requirements"  # the finding's name
CONFIG = Path("pyproject.toml")
MAX_FILE = 1 << 18
MAX_CYCLES = 1 << 62
KEYS = ("require", "max-cycles")

Answer = tuple[Verdict, str]  # whether a requirement is met, and if not, why


class Requirement(NamedTuple):
    """A row of the table. ``answer`` is ``unknown`` where nothing contradicts it, or shows it.

    ``asked``: the options of `verify` that make it answer; ``None`` where no option does.
    """

    name: str
    means: str
    answer: Callable[[Evidence], Answer]
    asked: tuple[str, ...] | None = ()


def _passed(check: str) -> Callable[[Evidence], Answer]:
    def answer(evidence: Evidence) -> Answer:
        verdict = next((f.verdict for f in evidence.findings if f.check == check), Verdict.SKIPPED)
        if verdict is Verdict.SKIPPED:
            return Verdict.UNKNOWN, f"{check} was not run"
        return verdict, f"{check}: {verdict}"

    return answer


def _seeds(evidence: Evidence) -> Answer:
    verdict, reason = _passed("seeds")(evidence)
    figures = evidence.figures("seeds")
    if verdict is Verdict.PASS and not figures.get("fresh"):
        what = "its seeds were replayed by --nonce" if figures.get("replayed") else "no fresh seeds"
        return Verdict.UNKNOWN, what
    return verdict, reason


def _audit(evidence: Evidence) -> Answer:
    verdict, reason = _passed("proof")(evidence)
    if verdict is Verdict.PASS and "audit" not in evidence.figures("proof"):
        return Verdict.UNKNOWN, "the proof was not audited"
    return verdict, reason


def _wider(part: str, what: str) -> Callable[[Evidence], Answer]:
    def answer(evidence: Evidence) -> Answer:
        verdict, reason = _passed("proof")(evidence)
        if verdict is Verdict.PASS and getattr(evidence.statement, part) != ANY:
            return Verdict.UNKNOWN, f"the proof is for {what}"
        return verdict, reason

    return answer


def _judged_shape(evidence: Evidence) -> Answer:
    if evidence.is_judged_shape:
        return Verdict.PASS, ""
    return Verdict.FAIL, f"it is for {evidence.shape}, not for {JUDGED}"


def _kept(what: str, leftover: Callable[[Evidence], Leftover]) -> Callable[[Evidence], Answer]:
    def answer(evidence: Evidence) -> Answer:
        state, by = leftover(evidence)
        if state is State.PROVED_RIGHT:
            return Verdict.PASS, ""
        if state is State.UNKNOWN:
            return Verdict.UNKNOWN, f"{what}: nobody has proved it"
        return Verdict.FAIL, f"{what}: {state}, by the {by}"

    return answer


REQUIREMENTS = (
    Requirement("judged-shape", f"it is for the judged shape, {JUDGED}", _judged_shape, None),
    Requirement("proof", "proved right for all inputs, and the proof checked", _passed("proof")),
    Requirement("audit", "each step of the proof closed by two SMT solvers", _audit, ("--audit",)),
    Requirement("bits-32", "right for all 32-bit words, not only below 2^30", _passed("proof")),
    Requirement(
        "any-indices",
        "proved right from any start index (--indices any)",
        _wider("indices", "indices zero"),
        ("--indices", "any"),
    ),
    Requirement(
        "any-header",
        "proved right under any header (--header any)",
        _wider("header", "the known header"),
        ("--header", "any"),
    ),
    Requirement("seeds", "right on fixed seeds and on fresh ones", _seeds),
    Requirement("directed", "right on inputs built to break it", _passed("directed")),
    Requirement(
        "bulk", "right on the seeds of the second engine", _passed("bulk"), ("--bulk", "1e6")
    ),
    Requirement(
        "upstream",
        "accepted by the challenge's own tests",
        _passed("upstream"),
        ("--upstream", A_CLONE),
    ),
    Requirement(
        "reproduce", "built again with the same bytes", _passed("reproduce"), ("--reproduce",)
    ),
    Requirement(
        "attestation",
        "vouched for by the named keys",
        _passed("attestation"),
        ("--attestation", "FILE", "--key", "PUB"),
    ),
    Requirement(
        "final-indices",
        "the final indices in memory are proved right (by the prover, not by the checker)",
        _kept("final indices", lambda evidence: evidence.final_indices),
        None,
    ),
    Requirement(
        "forest-preserved",
        "the tree in memory is proved unchanged (by the prover, not by the checker)",
        _kept("forest", lambda evidence: evidence.forest),
        None,
    ),
)
BY_NAME = {row.name: row for row in REQUIREMENTS}


class Requirements(NamedTuple):
    """Names of ``REQUIREMENTS``, and the most cycles."""

    names: tuple[str, ...] = ()
    max_cycles: int | None = None

    def __bool__(self) -> bool:
        return bool(self.names) or self.max_cycles is not None

    def __str__(self) -> str:
        most = [] if self.max_cycles is None else [f"at most {self.max_cycles:,} cycles"]
        return ", ".join((*self.names, *most))

    def joined(self, other: "Requirements") -> "Requirements":
        """What holds for both holds for the result."""
        counts = [n for n in (self.max_cycles, other.max_cycles) if n is not None]
        return Requirements(
            tuple(dict.fromkeys((*self.names, *other.names))), min(counts, default=None)
        )


NONE = Requirements()
GATE = Requirements(("judged-shape",))


def read_requirements(path: Path) -> Requirements:
    """Requirements from a TOML file: ``require``, a list of names, and ``max-cycles``.

    Raises ``Unreadable`` naming the key at fault.
    """
    return _only_requirements(read_toml(path), path)


def configured() -> Requirements:
    """What the table ``[tool.cycleproof]`` of the working folder's ``pyproject.toml`` demands.

    Only that folder is looked at, never the artifact's. What it says is demanded beside all else,
    so a stranger's folder can make a verdict stricter, and never looser. Raises ``Unreadable``.
    """
    if not CONFIG.exists():
        return NONE
    tools = read_toml(CONFIG).get("tool", {})
    table = tools.get("cycleproof", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise Unreadable(f"{CONFIG}: tool.cycleproof: expected a table")
    return _only_requirements(table, CONFIG)


def _only_requirements(document: Mapping[str, Any], path: Path) -> Requirements:
    for key in document:
        if key not in KEYS:
            raise Unreadable(f"{path}: {key!a:.80} is no key", f"there are: {', '.join(KEYS)}")
    return parse_requirements(document, path)


def read_toml(path: Path) -> dict[str, Any]:
    """A small TOML file. Raises ``Unreadable``."""
    try:
        return tomllib.loads(read_regular(path, MAX_FILE).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(f"{path}: not TOML: {error}") from None


def parse_requirements(document: Mapping[str, Any], path: Path) -> Requirements:
    """The requirements among the keys of a document. Raises ``Unreadable``."""
    names = document.get("require", [])
    if type(names) is not list:
        raise Unreadable(f"{path}: require: expected a list of names")
    for name in names:
        if type(name) is not str or name not in BY_NAME:
            raise Unreadable(
                f"{path}: require: {name!a:.80} is no requirement",
                f"there are: {', '.join(BY_NAME)}",
            )
    most = document.get("max-cycles")
    if most is not None and (type(most) is not int or not 0 < most <= MAX_CYCLES):
        raise Unreadable(f"{path}: max-cycles: expected a number of cycles")
    return Requirements(tuple(dict.fromkeys(names)), most)


def hold(evidence: Evidence, requirements: Requirements) -> Evidence:
    """The evidence with a finding on ``requirements``; as it is where there are none.

    The finding fails where a requirement is contradicted, and is unknown where one was not settled.
    """
    if not requirements:
        return evidence
    findings = [finding for finding in evidence.findings if finding.check != CHECK]
    bare = replace(evidence, findings=findings)
    answers = {name: BY_NAME[name].answer(bare) for name in requirements.names}
    most = requirements.max_cycles
    if most is not None:
        cycles = evidence.artifact["cycles"]
        met = (Verdict.PASS, "") if cycles <= most else (Verdict.FAIL, f"it claims {cycles:,}")
        answers[f"at most {most:,} cycles"] = met
    verdicts = {verdict for verdict, _ in answers.values()}
    missed = [
        f"{name} ({why.removeprefix(f'{name} was ')})"
        for name, (met, why) in answers.items()
        if met is not Verdict.PASS
    ]
    worst = next((v for v in (Verdict.FAIL, Verdict.UNKNOWN) if v in verdicts), Verdict.PASS)
    finding = Finding(
        CHECK,
        worst,
        f"not met: {'; '.join(missed)}" if missed else f"met: {', '.join(answers)}",
        {"require": list(requirements.names), "max_cycles": most},
    )
    return replace(evidence, findings=[*findings, finding])


def required(evidence: Evidence) -> tuple[str, ...]:
    """The names that a passed finding on requirements states."""
    if CHECK not in evidence.named(Verdict.PASS):
        return ()
    names = evidence.figures(CHECK).get("require")
    return tuple(name for name in BY_NAME if type(names) is list and name in names)


def require(
    artifact: LoadedArtifact, evidence: Evidence, requirements: Requirements = GATE
) -> Evidence:
    """Evidence about exactly these bytes, by this base, with nothing failed and ``NEEDED`` passed.

    Of its seeds some were fresh, and ``requirements`` hold: the answer is the evidence with the
    finding that says so. A check beyond these may be open (unknown) or not run; every report
    shows it so. Raises ``Unreadable`` for evidence about something else and ``Refused`` for
    evidence that falls short.
    """
    if not evidence.is_about(artifact):
        raise Unreadable("the evidence is about another artifact", "make it anew: verify --json")
    version, pins = installed_pins()
    base = {"version": version, "digest": pins_digest(version, pins), "files": pins}
    if evidence.frozen != base:
        raise Unreadable("the evidence was made with another frozen base", "make it anew")
    held = hold(evidence, requirements)
    failed = [name for name in held.named(Verdict.FAIL) if name != CHECK]
    missing = [check for check in NEEDED if check not in held.named(Verdict.PASS)]
    what = hint = ""
    if held.altered:
        what, hint = held.altered, "verify again, with an untouched clone"
    elif failed:
        what = f"failed: {', '.join(failed)}"
    elif missing:
        what = f"not passed: {', '.join(missing)}"
    elif (fresh := _seeds(held))[0] is not Verdict.PASS:
        what, hint = fresh[1], "verify without --nonce"
    elif requirements and CHECK not in held.named(Verdict.PASS):
        (what,) = (f.established for f in held.findings if f.check == CHECK)
        hint = "--any-shape does without the judged shape" if "judged-shape (" in what else ""
    if what:
        raise Refused(f"this cannot be handed over: {what}", hint)
    return held


def repeated(believed: Evidence, own: Evidence) -> None:
    """Every check that ``believed`` names as passed has passed in this run, ``own``, too.

    A file is edited easily, so nobody signs what no run of theirs has shown. Raises ``Refused``.
    """
    passed = own.named(Verdict.PASS)
    missing = [check for check in believed.named(Verdict.PASS) if check not in passed]
    if missing:
        raise Refused(
            f"the evidence names as passed what was not repeated here: {', '.join(missing)}",
            f"--upstream {A_CLONE} runs the challenge's tests here"
            if missing == ["upstream"]
            else "without --evidence, what passes here is signed",
        )
