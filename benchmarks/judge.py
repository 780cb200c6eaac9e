"""``python -m benchmarks.judge``: a board of many submissions on this machine.

    python -m benchmarks.judge --count 200 --kills 3 --write

Half of the submissions are right: recipes at a small shape, transformed in a few places. A
sixth are the same with one constant changed, and a third are the documents of the hostile corpus.
Whoever makes a submission notes what it must be called, and its count; the board is held against
that list. Printed: the time of a run that nothing ends, against an even split of the submissions'
own times in it; a sample judged, against ``cycleproof verify`` on each of its files, by the clock
and of the processor, which a busy machine changes little; and the time of the whole command when
nothing is to be judged.
"""

import argparse
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from cycleproof.artifact.format import encode
from cycleproof.artifact.strip import strip
from cycleproof.board.database import opened
from cycleproof.board.discover import discover
from cycleproof.board.isolation import local
from cycleproof.board.rank import Entry, ranked
from cycleproof.board.run import Place, judge_all
from cycleproof.board.terms import Terms, read_terms
from cycleproof.evidence.wording import Word
from cycleproof.view import profiling
from docs.page import publish
from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from tests.corpus.documents import ROWS
from tests.support.cli import NO_STORE
from tests.support.kernels.transform import transformed
from tests.support.programs import Bundles

SHAPE = Shape(3, 4, 8)
RECIPES = ("baseline", "resident", "packed", "pipelined", "vector", "selected", "records")
GENERATOR = {"name": "benchmark", "version": "1", "sources_sha256": "0" * 64}
SEEN = "2026-01-01T00:00:00Z"
TERMS = 'shape = "any"\n'
SAMPLE = 10  # one of so many is verified by itself, too
WORDS = {0: Word.PROVED, 1: Word.FAILED, 2: Word.REFUSED, 4: Word.OPEN}
PAGE = Path(__file__).parents[1] / "docs" / "judging.md"


class Expected(NamedTuple):
    """What a submission is, what it must be called, and the count of one that is ranked."""

    kind: str
    word: Word
    cycles: int | None = None


def submissions(
    folder: Path, count: int, shape: Shape = SHAPE, recipes: Sequence[str] = RECIPES
) -> dict[str, Expected]:
    """Write them; the list by which the board is judged, by their names."""
    rng = random.Random(1)
    hostile = [row for row in ROWS if row.case.name not in ("bomb-size", "bomb-numbers")]
    rng.shuffle(hostile)
    programs = {name: strip(recipe.load(name).build(shape, [])).program for name in recipes}
    expected = {}
    for number in range(count):
        name = f"s{number:04}"
        path = folder / f"{name}.json"
        if number % 3 == 2:
            row = hostile[number // 3 % len(hostile)]
            path.write_bytes(row.make())
            kind = "hostile document" if row.case.attack else "control of the corpus"
            expected[name] = Expected(kind, WORDS[row.case.exit_code])
            continue
        which = recipes[number % len(recipes)]
        program, _ = transformed(programs[which], rng, 4)
        kind, word = f"{which}, transformed", Word.PROVED
        if number % 6 == 1:
            kind, word = "one constant changed", Word.FAILED
            program = spoiled(program, shape, rng)
        cycles, _ = outcome(program, shape)
        path.write_bytes(encode(shape, program, cycles, GENERATOR))
        expected[name] = Expected(kind, word, cycles if word is Word.PROVED else None)
    return expected


def outcome(program: Program, shape: Shape) -> tuple[int, bool]:
    """The count on one seed, and whether the outputs are right there."""
    inputs = inputs_from_seed(1, shape)
    run = Machine(program).run(memory_image(shape, inputs))
    found = run.memory[shape.values_p : shape.values_p + shape.batch_size]
    return run.cycles, list(found) == reference(shape, inputs)[1]


def spoiled(program: Program, shape: Shape, rng: random.Random) -> Bundles:
    """The program with one large constant changed so that a seed shows it, or ``ValueError``."""
    places = [
        (bundle, number)
        for bundle, slots in enumerate(program)
        for number, slot in enumerate(slots.get("load", ()))
        if slot[0] == "const" and int(slot[2]) > 1 << 16
    ]
    rng.shuffle(places)
    for bundle, number in places:
        wrong: Bundles = json.loads(json.dumps(program))
        wrong[bundle]["load"][number][2] ^= 1
        with suppress(Fault):  # an address
            if not outcome(wrong, shape)[1]:
                return wrong
    raise ValueError("no constant of it matters")


class Ran(NamedTuple):
    """A run of a board: its seconds, the sum of the submissions' own, and the entries."""

    seconds: float
    own: float
    entries: list[Entry]


def timed(board: Path, inbox: Path, place: Place, terms: Terms) -> Ran:
    """Judge what is not judged yet."""
    with opened(board, make=True) as database:
        before = sum(row.seconds for row in database.rows()) if database.begun else 0.0
        start = time.perf_counter()
        judge_all(database, discover([inbox]), terms, place, seen=SEEN, nonce=bytes(16))
        seconds = time.perf_counter() - start
        rows = database.rows()
    return Ran(
        seconds, sum(row.seconds for row in rows) - before, list(ranked(rows, terms).entries)
    )


def differences(
    entries: Sequence[Entry], expected: Mapping[str, Expected]
) -> tuple[list[str], Counter[tuple[str, Word]]]:
    """Where words or ranks are not those of the list; how many of each kind have which word."""
    found = {each.name: entry for entry in entries for each in (entry.row, *entry.same)}
    wrong = [f"{name}: not on the board" for name in expected if name not in found]
    tally: Counter[tuple[str, Word]] = Counter()
    proved = (entry for entry in entries if entry.verdict is Word.PROVED)
    counts = sorted(entry.cycles for entry in proved if entry.cycles is not None)
    for name, entry in found.items():
        kind, word, cycles = expected[name]
        tally[kind, entry.verdict] += 1
        if entry.verdict is not word:
            wrong.append(f"{name}, {kind}: {entry.verdict}, must be {word} ({entry.reason})")
        elif cycles is not None and (entry.cycles, entry.rank) != (
            cycles,
            1 + counts.index(cycles),
        ):
            wrong.append(f"{name}, {kind}: rank {entry.rank} with {entry.cycles} cycles")
    return wrong, tally


def command(board: Path, inbox: Path, terms: Path, jobs: int) -> list[str]:
    """The command line of a run."""
    start = [sys.executable, "-P", "-m", "cycleproof", "judge", str(inbox), "-o", str(board)]
    return [*start, "--terms", str(terms), "--seen", SEEN, "--jobs", str(jobs), "--json"]


def cost_of(command: list[str]) -> profiling.Cost:
    """What a command takes that keeps nothing, whatever it ends with."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | NO_STORE
    run = functools.partial(subprocess.run, command, check=False, env=environment, **quiet)
    return profiling.timed(run)[1]


def against_verify(folder: Path, inbox: Path, terms: Path, jobs: int) -> tuple[float, float]:
    """A sample judged: by the clock and of the processor, divided by `verify` of file by file.

    The clock's sum of the files is split evenly among the jobs.
    """
    sample = folder / "sample"
    sample.mkdir()
    for path in sorted(inbox.iterdir())[::SAMPLE]:
        shutil.copy(path, sample)
    judge = cost_of(command(folder / "sampled", sample, terms, jobs))
    verify = [sys.executable, "-P", "-m", "cycleproof", "verify", "--json"]
    alone = [cost_of([*verify, str(path)]) for path in sample.iterdir()]
    by_clock = judge.wall * jobs / sum(each.wall for each in alone)
    return by_clock, judge.cpu / sum(each.cpu for each in alone)


def killed(arguments: list[str], times: int) -> None:
    """Start the command and end it by SIGKILL, some seconds later each time."""
    rng = random.Random(2)
    for _ in range(times):
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as child:
            time.sleep(rng.uniform(5, 15))
            child.kill()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0, help="Kill the first runs so many times.")
    parser.add_argument("--write", action="store_true", help="Renew the table in the docs.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        inbox = folder / "in"
        inbox.mkdir()
        expected = submissions(inbox, options.count)
        file = folder / "terms.toml"
        file.write_text(TERMS)
        terms = read_terms(file, build=False)
        near = command(folder / "near", inbox, file, options.jobs)
        killed(near, options.kills)
        place = Place(stack.enter_context(local(options.jobs)), options.jobs)
        resumed = timed(folder / "near", inbox, place, terms)
        wrong, tally = differences(resumed.entries, expected)
        ran = timed(folder / "whole", inbox, place, terms)
        share = ran.seconds * options.jobs / ran.own
        wrong += differences(ran.entries, expected)[0]
        cost = cost_of(near)
        again = f"{cost.wall:.2f} s, {cost.cpu:.2f} of the processor"
        clock, used = against_verify(folder, inbox, file, options.jobs)
        print(f"{options.count} submissions, {options.jobs} jobs, {options.kills} kills before")
        print(f"{ran.seconds:.1f} s for submissions of {ran.own:.1f} s")
        print("\n".join(wrong))
        rows = [
            *((kind, f"{number} {word}") for (kind, word), number in sorted(tally.items())),
            ("another word or rank than on the list", str(len(wrong))),
            ("time of the run ÷ half of the submissions' own times", f"{share:.3f}"),
            ("a sample judged ÷ half of `verify` of each file, by the clock", f"{clock:.3f}"),
            ("a sample judged ÷ `verify` of each file, of the processor", f"{used:.3f}"),
            ("the whole command again, nothing to judge", again),
        ]
        publish("judge", ("submissions", "on the board"), rows, options.write, PAGE)


if __name__ == "__main__":
    main()
