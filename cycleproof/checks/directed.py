"""The check ``directed``: right on inputs built to break it; the coverage is measured."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import click

from frozen.artifact import MAX_BYTES
from frozen.ops import MASK
from frozen.problem import Shape

from ..base.errors import Unreadable
from ..base.files import read_regular
from ..base.strictjson import read_strict
from ..base.text import ALL_WORDS, JUDGED_WORDS, command_line, plural, shortlist
from ..engine import stream
from ..evidence.model import Found, Verdict
from ..simulator.directed import Coverage, Directed, directed_inputs
from ..simulator.runner import Answer
from ..simulator.runs import Request
from ..simulator.starts import Start, judge_starts, sizes
from . import Asked, Subject
from .answers import complaint, cycle_complaint, cycle_counts, explained, leftovers, wrong_figures

FILE = "file:"  # before the name of a file that holds one input

OPTIONS = (
    click.option(
        "--input",
        "directed_input",
        help="Run only this one input: a directed one by its name, stream:INDEX or stream32:INDEX"
        " of --bulk, or file:FILE, which `prove` wrote.",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """The one input to run, by its name; all of them if None."""

    directed_input: str | None = None

    @property
    def single(self) -> str:
        """``--input``, where one was named."""
        return "" if self.directed_input is None else "--input"

    @property
    def special(self) -> bool:
        """One input is not the set."""
        return self.directed_input is not None


def requests(subject: Subject) -> list[Request]:
    """A run for each chosen input. Raises ``Unreadable`` where none has the name asked for."""
    given = _given(subject)
    if given is not None and not given.contract:
        return []
    return _requests(_chosen(subject, given))


def _requests(inputs: list[Directed]) -> list[Request]:
    return [{"tree": d.inputs.tree, "values": d.inputs.values} for d in inputs]


def run(subject: Subject) -> Found:
    """Judge the directed set; inputs below 2^30 decide, the full 32-bit ones are a line apart.

    Raises ``Unreadable`` where no input has the name asked for, or its file holds none.
    """
    decoded = subject.artifact.decoded
    given = _given(subject)
    if given is not None and not given.contract:
        return _from(subject, given)
    inputs = _chosen(subject, given)
    coverage = Coverage(decoded.shape)
    for directed in inputs:
        if directed.judged:
            coverage.add(directed.inputs)
    answers = subject.answers(_requests(inputs))
    results = list(zip(inputs, answers, strict=True))
    wrong = [(d, a) for d, a in results if not a["pass"]]
    judged = sum(d.judged for d in inputs)
    wide_wrong = sum(not d.judged for d, _ in wrong)
    figures = {
        "official_inputs": judged,
        "wide_inputs": len(inputs) - judged,
        "wide_right": len(inputs) - judged - wide_wrong,
        "leaves": list(coverage.leaves),
        "edges": list(coverage.edges),
        "cycles": cycle_counts(answers),
        **leftovers(answers),
    }
    wide = [_wide_line(figures)] if judged < len(inputs) else []
    fatal = [(d, a) for d, a in wrong if d.judged]
    notes = [*wide, *_told_once(fatal or wrong)]
    if fatal:
        first, answer = fatal[0]
        answer = explained(decoded, first.inputs, answer)
        return Found(
            Verdict.FAIL,
            f"wrong on {len(fatal):,} of {plural(judged, 'input')};"
            f" {first.name}: {complaint(answer)}",
            figures | wrong_figures(answer),
            [note for note in notes if not note.startswith(f"{first.name}: ")],
            _again(subject, first),
        )
    miscounted = cycle_complaint(answers, decoded.cycles)
    if miscounted:
        return Found(Verdict.FAIL, miscounted, figures, notes)
    if not judged:
        verdict = Verdict.UNKNOWN if wrong else Verdict.PASS
        return Found(verdict, f"{inputs[0].name}: {notes[0]}", figures, notes[1:])
    taken, leaves = coverage.leaves
    taken_edges, edges = coverage.edges
    return Found(
        Verdict.PASS,
        f"right on {plural(judged, 'built input')} ({decoded.shape}, {JUDGED_WORDS});"
        f" {taken:,} of {leaves:,} leaves and {taken_edges:,} of {edges:,} edges taken",
        figures,
        notes,
    )


@lru_cache(maxsize=1)
def _built(shape: Shape) -> list[Directed]:
    return list(directed_inputs(shape))


def _given(subject: Subject) -> Start | None:
    """The one input that was asked for, if it is a file's. Raises ``Unreadable``."""
    name = subject.of(Options).directed_input or ""
    if not name.startswith(FILE):
        return None
    return _read(Path(name.removeprefix(FILE)), subject.artifact.decoded.shape)


def _chosen(subject: Subject, given: Start | None) -> list[Directed]:
    """The directed set, or the one input that was asked for. Raises ``Unreadable``."""
    decoded = subject.artifact.decoded
    name = subject.of(Options).directed_input
    if given is not None:
        return [Directed(str(name), given.inputs)]
    seed = stream.parse_name(name or "")
    if seed is not None:
        key = stream.key(decoded.program_sha256, subject.nonce)
        return [Directed(str(name), stream.inputs(decoded.shape, key, *seed))]
    inputs = _built(decoded.shape)
    if name is None:
        return inputs
    chosen = [directed for directed in inputs if directed.name == name]
    if not chosen:
        names = ", ".join(repr(directed.name) for directed in inputs)
        raise Unreadable(f"no directed input is named {name!a:.80}", f"there are: {names}")
    return chosen


def _from(subject: Subject, start: Start) -> Found:
    """Judge one run from a start that is not the contract's."""
    decoded, name = subject.artifact.decoded, subject.of(Options).directed_input
    answers = judge_starts(decoded, [start])
    (answer,) = answers
    what = cycle_complaint(answers, decoded.cycles) if answer["pass"] else complaint(answer)
    where = " and ".join(part for part in ("indices", "header") if getattr(start, part))
    said = f"{name}, {where} other than the contract's"
    if what:
        text = f"wrong on {said}: {what}"
        again = command_line("verify", subject.artifact.path, "--input", str(name))
        return Found(Verdict.FAIL, text, wrong_figures(answer), (), again)
    return Found(Verdict.PASS, f"right on {said}, {plural(decoded.cycles, 'cycle')}")


def _read(path: Path, shape: Shape) -> Start:
    """The inputs in a file, as ``prove --counterexample`` writes them. Raises ``Unreadable``."""
    document = read_strict(read_regular(path, MAX_BYTES), str(path))
    parts = sizes(shape)
    known = isinstance(document, dict) and {"tree", "values"} <= document.keys() <= parts.keys()
    if not known:
        raise Unreadable(
            f"{path}: expected an object with the keys tree and values, and indices or header"
        )
    for key, words in document.items():
        size, most = parts[key]
        if not isinstance(words, list) or len(words) != size:
            raise Unreadable(f"{path}: {key}: expected {size:,} words for {shape}")
        if not all(type(word) is int and 0 <= word <= most for word in words):
            top = "2^32-1" if most == MASK else str(most)
            raise Unreadable(f"{path}: {key}: expected words of 0..{top}")
    return Start(**document)


def _told_once(wrong: list[tuple[Directed, Answer]]) -> list[str]:
    """Each lane or fault once, with the first input that shows it; then the other inputs."""
    first: dict[Any, str] = {}
    others = []
    for directed, answer in wrong:
        key = answer.get("fault", answer.get("lane"))
        if key in first:
            others.append(f"“{directed.name}”")
        else:
            first[key] = f"{directed.name}: {complaint(answer)}"
    more = [f"the same on {shortlist(others)}"] if others else []
    return [*first.values()][:5] + more


def _wide_line(figures: dict[str, object]) -> str:
    return f"{ALL_WORDS}: right on {figures['wide_right']} of {figures['wide_inputs']} inputs"


def _again(subject: Subject, directed: Directed) -> str:
    nonce = ["--nonce", subject.nonce.hex()] if stream.parse_name(directed.name) else []
    return command_line("verify", subject.artifact.path, "--input", directed.name, *nonce)
