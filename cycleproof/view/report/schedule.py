"""An analysis as tables for people, by rich."""

import json
from collections.abc import Iterator, Sequence

import click
from rich.console import Console, Group

from frozen.artifact import Artifact
from frozen.ops import OPS, SCRATCH_SIZE
from frozen.problem import JUDGED

from ...analysis.disassembly import disassemble
from ...analysis.engines import FULL
from ...analysis.summary import Analysis
from ...artifact.names import Names, label
from ...base.text import plural
from ...evidence.model import Verdict
from ...evidence.wording import CHECK_WORDS, Word
from .figures import bounds, explanation, round_name, sparkline, thresholds
from .rows import engine_rows, load_rows, phase_rows, round_rows
from .tables import clean, table


def print_schedule(analysis: Analysis, name: str, console: Console, brief: bool = False) -> None:
    """Print everything that ``show`` knows, the explanation first; ``brief``: no more than that.

    Where the run's outputs are not the reference's, that is said before all else.
    """
    for line in _wrong(analysis):
        console.print(line)
    if not brief:
        _print_head(analysis, name, console)
    for line in explanation(analysis):
        console.print(line)
    if brief:
        return
    for part in (
        _bounds(analysis),
        _engines(analysis),
        _phases(analysis),
        _ops(analysis),
        _path(analysis),
        _loads(analysis),
        _sharing(analysis),
    ):
        console.print()
        console.print(part)
    console.print()
    for line in _memories(analysis):
        console.print(line)


def _wrong(analysis: Analysis) -> Iterator[str]:
    answer = analysis.execution.answer
    if not answer["pass"]:
        wrong = plural(answer["wrong_lanes"], "lane")
        style = CHECK_WORDS[Verdict.FAIL].style
        yield (
            f"[{style}]{Word.FAILED}: seed {analysis.seed} ({wrong} wrong, the first is lane"
            f" {answer['lane']}); what follows is the schedule of a wrong kernel[/]"
        )


def _print_head(analysis: Analysis, name: str, console: Console) -> None:
    artifact = analysis.artifact
    console.print(
        f"[bold]{clean(name)}[/]: {analysis.cycles:,} cycles at {artifact.shape}"
        f" (seed {analysis.seed}; {artifact.cycles:,} claimed),"
        f" {plural(len(artifact.program), 'bundle')}, by {clean(artifact.generator['name'])}"
    )
    console.print(f"[dim]program {artifact.program_sha256}[/]")
    if artifact.shape == JUDGED:
        passed = [f"{limit:,}" for _, limit, below in thresholds(analysis.cycles) if below]
        console.print(
            f"below the thresholds {' · '.join(passed) or 'none'}; `verify` says if it counts"
        )
    console.print()


def _memories(analysis: Analysis) -> Iterator[str]:
    """Scratch and memory in lines."""
    live = analysis.liveness.words
    figures = analysis.figures
    peaks = sparkline([peak for _, _, peak in analysis.pressure], SCRATCH_SIZE)
    read, written = analysis.words_moved
    yield f"[bold]scratch[/] {peaks} live words over time, of {SCRATCH_SIZE:,}"
    yield (
        f"  peak {max(live):,} live at cycle {live.index(max(live)):,};"
        f" {plural(figures['words_used'], 'word')} used; {len(figures['never_read']):,} written but"
        f" never read; {len(figures['unwritten_reads']):,} read but never written (they hold 0)"
    )
    yield (
        f"  {plural(figures['dead_slots'], 'dead slot')};"
        f" {plural(figures['overlaps'], 'overlapped word')}"
        " (written twice in one bundle, the later slot wins)"
    )
    yield (
        f"[bold]memory[/] {plural(read, 'word')} loaded, {written:,} stored,"
        f" {analysis.overlapped_stores:,} of them twice in one bundle"
    )


def _bounds(analysis: Analysis) -> Group:
    cycles = analysis.cycles
    rows = [
        (bound.name, f"{bound.cycles:,.1f}", f"{bound.cycles / cycles:.1%}", bound.reason)
        for bound in bounds(analysis)
    ]
    columns = ("lower bound", "cycles", "of the run", "because.")
    return table("What no schedule of these slots can beat", columns, rows)


def _engines(analysis: Analysis) -> Group:
    use = analysis.use
    title = f"Engines (steady: cycles {use.head:,} to {use.tail:,}; idle in slots)"
    return table(title, *engine_rows(analysis))


def _phases(analysis: Analysis) -> Group:
    return table(f"Which engines are full, and when ({FULL:.0%} or more)", *phase_rows(analysis))


def _ops(analysis: Analysis) -> Group:
    rows = [
        (engine, "  ".join(f"{clean(name)} {count:,}" for name, count in ops.items()) or "–")
        for engine, ops in analysis.histogram.items()
    ]
    return table("Ops", ("engine", "slots per op."), rows)


def _path(analysis: Analysis) -> Group:
    path = analysis.critical_path
    rows = [(clean(name), f"{count:,}") for name, count in path.ops.items()]
    title = f"Critical path: {path.length:,} dependent slots, {path.waits:,} cycles waited"
    return table(title, ("op", "on the path"), rows)


def _loads(analysis: Analysis) -> Group:
    title = "Load slots by what they bring (tree levels of the words that are read later)"
    return table(title, *load_rows(analysis))


def _sharing(analysis: Analysis) -> Group:
    title = "Rounds: slots of this program, and which nodes the lanes visit (seeds 0 to 7)"
    return table(title, *round_rows(analysis))


def print_bundle(
    artifact: Artifact,
    number: int,
    works: Sequence[tuple[int, int]],
    names: Names | None,
    console: Console,
    as_json: bool,
) -> None:
    """Disassemble one bundle with names; ``works``: round and lane of each slot, where it ran."""
    shape = artifact.shape
    rows = []
    position = 0
    for engine, slots in artifact.program[number].items():
        for index, slot in enumerate(slots):
            op = OPS[engine, str(slot[0])]
            work = works[position] if works else None
            position += 1
            rows.append(
                {
                    "engine": engine,
                    "slot": index,
                    "op": op.name,
                    "text": disassemble(op, slot),
                    "round": round_name(work[0], shape.rounds) if work else "",
                    "lane": work[1] if work and work[1] >= 0 else None,
                    "name": label(names, number, engine, index),
                }
            )
    if as_json:
        click.echo(json.dumps({"bundle": number, "slots": rows}, indent=1))
        return
    cells = [
        (
            f"{row['engine']} {row['slot']}",
            clean(str(row["op"])),
            clean(str(row["text"])),
            str(row["round"]),
            "" if row["lane"] is None else f"lane {row['lane']}",
            clean(str(row["name"])),
        )
        for row in rows
    ]
    console.print(
        table(f"Bundle {number:,}", ("slot", "op.", "does.", "round.", "lane.", "name."), cells)
    )
