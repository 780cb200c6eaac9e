"""The words of every verdict, in one table, and the first line of every output.

Each renderer takes its words, styles and tags from here, so that terminal, HTML, Markdown, JUnit,
SARIF, job summary and error messages say the same of the same thing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from frozen.errors import FrozenError
from frozen.problem import JUDGED, Shape

from ..base.errors import (
    EXIT_CODE_MEANINGS,
    CycleproofError,
    ExitCode,
    FrozenAltered,
    RunnerFailed,
    Unreadable,
)
from ..base.statement import Statement
from ..base.text import listed, plural, printable
from .model import Evidence, Finding, State, Verdict
from .policy import CHECK

MAX_DETAIL = 120


class Word(StrEnum):
    """What is said of one artifact as a whole."""

    PROVED = "PROVED"
    TESTED = "TESTED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    TAMPERED = "TAMPERED"
    OPEN = "OPEN"


class Row(NamedTuple):
    """How a word is shown. ``tone`` names the style of a verdict that looks the same."""

    code: ExitCode
    tone: Verdict
    means: str


WORDS: Mapping[Word, Row] = {
    Word.PROVED: Row(ExitCode.PASSED, Verdict.PASS, "right for all inputs, and the proof checked"),
    Word.TESTED: Row(
        ExitCode.PASSED, Verdict.PASS, "right on all inputs that were run, not proved"
    ),
    Word.FAILED: Row(ExitCode.FAILED, Verdict.FAIL, EXIT_CODE_MEANINGS[ExitCode.FAILED]),
    Word.REFUSED: Row(ExitCode.UNUSABLE, Verdict.FAIL, "no artifact, or one that cannot be used"),
    Word.TAMPERED: Row(ExitCode.ALTERED, Verdict.FAIL, EXIT_CODE_MEANINGS[ExitCode.ALTERED]),
    Word.OPEN: Row(
        ExitCode.INCONCLUSIVE, Verdict.UNKNOWN, EXIT_CODE_MEANINGS[ExitCode.INCONCLUSIVE]
    ),
}


class Said(NamedTuple):
    """How one check's verdict is shown: its word, and the tags of the formats."""

    word: str
    style: str  # rich
    markdown: str
    junit: str  # the element beside a test case; "" for a pass
    sarif: str  # the level of a result; "" where there is none


CHECK_WORDS: Mapping[Verdict, Said] = {
    Verdict.PASS: Said("pass", "bold green", "pass", "", ""),
    Verdict.FAIL: Said("fail", "bold red", "**fail**", "failure", "error"),
    Verdict.UNKNOWN: Said("open", "bold yellow", "**open**", "error", "warning"),
    Verdict.SKIPPED: Said("not run", "dim", "not run", "skipped", ""),
}


# Of memory that the contract leaves free.
LEFTOVER_WORDS: Mapping[State, str] = {
    State.PROVED_RIGHT: "proved right",
    State.LEFT_AT_ZERO: "left at zero",
    State.WRONG: "not kept",
    State.UNKNOWN: "not settled",
}


class Headline(NamedTuple):
    """The first line: its word, and the whole line, which begins with the word."""

    word: Word
    line: str

    @property
    def rest(self) -> str:
        """What the line says after its word, for places that show the word elsewhere."""
        return self.line.removeprefix(self.word).lstrip(":, ")

    @property
    def style(self) -> str:
        """The style of the word for rich."""
        return CHECK_WORDS[WORDS[self.word].tone].style


def _for_all(statement: Statement) -> str:
    """Which inputs a proof of ``statement`` covers."""
    start = ", from any start index" if statement.any_start else ""
    return "for all inputs" + start + (", under any header" if statement.any_header else "")


def _line(word: Word, where: str, rest: str, on: str = "", lacking: str = "") -> Headline:
    """The first line. ``on``: the inputs that the word covers; ``lacking``: what it does not."""
    covered = f"{word} {on}" if on else word
    return Headline(word, printable(f"{covered}{where}{lacking}: {rest}"))


def headline(evidence: Evidence, shape: Shape = JUDGED) -> Headline:
    """The first line on one artifact; it names the artifact's shape where it is not ``shape``."""
    word = _word(evidence)
    cycles = plural(evidence.artifact["cycles"], "cycle")
    tested = _tested(evidence)
    where = _where(evidence.shape, shape)
    if word is Word.PROVED:
        return _line(word, where, cycles, _for_all(evidence.statement))
    if word is Word.TESTED:
        return _line(word, where, cycles, tested and f"on {tested}", ", not proved")
    if word is Word.TAMPERED:
        return _line(word, where, brief(evidence.altered))
    if word is Word.FAILED:
        detail = _detail(evidence)
        failed = ", ".join(evidence.named(Verdict.FAIL))
        return _line(word, where, f"{failed} ({detail})" if detail else failed)
    open_ = evidence.named(Verdict.UNKNOWN)
    what = f"{listed(open_)} not settled" if open_ else "no check of the outputs passed"
    what += _unmet(evidence)
    right = "proof" in evidence.named(Verdict.PASS)
    shown = [f"proved {_for_all(evidence.statement)}"] if right else []
    shown += [f"right on {tested}"] if tested else []
    return _line(word, where, "; ".join([what, *shown, f"{cycles} claimed"]))


def proof_headline(
    word: Word, shape: Shape, cycles: int, statement: Statement, rest: str = ""
) -> Headline:
    """The first line on one proof or certificate of a program of ``cycles`` at ``shape``.

    ``rest``: what is wrong or not settled; of a proof, what it still lacks.
    """
    claim, where = plural(cycles, "cycle"), _where(shape, JUDGED)
    if word is Word.PROVED:
        return _line(word, where, f"{claim}{rest}", _for_all(statement))
    return _line(word, where, f"{rest}; {claim} claimed" if word is Word.OPEN else rest)


def _word(evidence: Evidence) -> Word:
    if evidence.exit_code == ExitCode.ALTERED:
        return Word.TAMPERED
    if evidence.exit_code == ExitCode.FAILED:
        return Word.FAILED
    if evidence.exit_code != ExitCode.PASSED:
        return Word.OPEN
    return Word.PROVED if "proof" in evidence.named(Verdict.PASS) else Word.TESTED


def _where(shape: Shape, expected: Shape) -> str:
    return "" if shape == expected else f" at {shape}, not the judged shape"


def _tested(evidence: Evidence) -> str:
    """What the passed checks of outputs ran, as ``16 seeds and 14 built inputs``."""
    passed = evidence.named(Verdict.PASS)
    seeds, built, bulk = (
        evidence.figures(check) if check in passed else {}
        for check in ("seeds", "directed", "bulk")
    )
    run = sum(_count(seeds, key) for key in ("fixed", "fresh", "replayed"))
    judged, wide = _count(built, "official_inputs"), _count(built, "wide_right")
    parts = [plural(run, "seed")] if run else []
    parts += [plural(_count(bulk, "seeds"), "bulk seed")] if _count(bulk, "seeds") else []
    if judged:
        parts.append(plural(judged, "built input"))
    elif wide:
        parts.append(f"{plural(wide, 'built input')} of 32-bit words")
    parts += ["the official tests"] if "upstream" in passed else []
    return listed(parts)


def _count(figures: Mapping[str, Any], key: str) -> int:
    value = figures.get(key, 0)  # evidence may have been read from a file
    return value if type(value) is int and value > 0 else 0


def _detail(evidence: Evidence) -> str:
    """What is wrong, in a few words, by the first failed check that can say so; or ``""``.

    The proof is asked last: a run tells the round, too.
    """
    failed = [each for each in evidence.findings if each.verdict is Verdict.FAIL]
    for finding in sorted(failed, key=lambda each: each.check == "proof"):
        if type(finding.figures.get("wrong_lane")) is int:
            return _wrong_lanes(finding.figures, evidence.shape.batch_size)
        fault = finding.figures.get("fault")
        if type(fault) is str:
            return brief(fault)
    return brief(failed[0].established)


def _wrong_lanes(figures: Mapping[str, Any], all_lanes: int) -> str:
    """Which lanes are wrong, from which round on and on which input, as far as figures say so."""
    lane, first, where = map(figures.get, ("wrong_lane", "wrong_round", "wrong_on"))
    count = _count(figures, "wrong_lanes")
    since = f" from round {first} on" if type(first) is int else ""
    place = f" on {brief(where)}" if type(where) is str else ""
    if count < 2:
        return f"lane {lane} is wrong{since}{place}"
    every = "all " if count == all_lanes else ""
    which = f", lane {lane}{since}" if since else "" if every else f", the first is lane {lane}"
    return f"{every}{plural(count, 'lane')} are wrong{place}{which}"


def _unmet(evidence: Evidence) -> str:
    """Which requirements have no answer, in brackets; or ``""``."""
    found = [each for each in evidence.findings if each.check == CHECK]
    unmet = [each.established for each in found if each.verdict is Verdict.UNKNOWN]
    return "".join(f" ({brief(text)})" for text in unmet)


def brief(text: str) -> str:
    """A text that fits into a first line: the whole of it, or its first words."""
    if len(text) <= MAX_DETAIL:
        return text
    whole, _, _ = text[:MAX_DETAIL].rpartition(" ")
    return (whole or text[:MAX_DETAIL]) + "…"


def meaning(evidence: Evidence) -> str:
    """What the first line means, in sentences for people who know only the challenge."""
    word = _word(evidence)
    cycles = plural(evidence.artifact["cycles"], "cycle")
    if word is Word.PROVED:
        return (
            f"For every possible input it computes what the challenge asks, in {cycles}."
            " A separate checker accepted the proof."
        )
    if word is Word.TESTED:
        return (
            f"On all inputs that were run it computes what the challenge asks, in {cycles}."
            " For all others nothing is proved."
        )
    contract = evidence.statement == Statement()
    if word is Word.FAILED and contract and any(map(_shows_it, evidence.findings)):
        return "There is an input on which it does not do what the challenge asks."
    if word is Word.OPEN and "proof" in evidence.named(Verdict.PASS):
        return (
            f"For every possible input it computes what the challenge asks, in {cycles}."
            f" Not settled: {listed(evidence.named(Verdict.UNKNOWN))}."
        )
    return f"{WORDS[word].means.capitalize()}."


def _shows_it(finding: Finding) -> bool:
    """Whether a failed finding names a run without the right outputs."""
    shown = {"wrong_lane", "fault"} & finding.figures.keys()
    return finding.verdict is Verdict.FAIL and bool(shown)


def spelled(shape: Shape) -> str:
    """A shape in words, with the letters that other lines use for it."""
    rounds, lanes = plural(shape.rounds, "round"), plural(shape.batch_size, "lane")
    return f"tree height {shape.forest_height}, {rounds}, {lanes} ({shape})"


class Unjudged(NamedTuple):
    """What is said where an error kept evidence from being made."""

    word: str  # ``error`` where no artifact is judged by it
    line: str  # the first line, which begins with the word
    code: ExitCode
    hint: str  # what to do next; "" where nobody knows


def unjudged(error: CycleproofError | FrozenError) -> Unjudged:
    """What is said of an error, each text safe to print."""
    code = error.exit_code if isinstance(error, CycleproofError) else ExitCode.UNUSABLE
    hint = error.hint if isinstance(error, CycleproofError) else ""
    word = _error_word(error)
    return Unjudged(word, printable(f"{word}: {error}"), code, printable(hint))


def _error_word(error: CycleproofError | FrozenError) -> str:
    if isinstance(error, FrozenAltered):
        return Word.TAMPERED
    if isinstance(error, RunnerFailed):
        return Word.OPEN
    return Word.REFUSED if isinstance(error, Unreadable | FrozenError) else "error"
