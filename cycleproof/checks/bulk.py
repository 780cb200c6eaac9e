"""The check ``bulk``: right on as many seeds as were asked for, by the second engine.

The engine only counts and points. Each seed that it calls wrong is run again by the frozen
simulator, whose word decides; so are seeds that missed a guard, and a sample of right ones.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import click

from ..base.errors import CycleproofError, EnginesDisagree, MissingDependency
from ..base.text import ALL_WORDS, JUDGED_WORDS, command_line, plural
from ..engine import run as engine
from ..engine import stream
from ..engine.errors import Unsupported
from ..engine.result import Part
from ..evidence.model import INSTEAD, THE_ARTIFACT, Found, Verdict
from ..simulator.runner import Answer, run_frozen
from ..simulator.runs import Request
from . import Asked, Subject
from .answers import complaint, cycle_complaint, wrong_figures

WIDE_SHARE = 10  # one seed of all 32-bit words for so many judged ones
SAMPLE = 4  # right seeds of each pass that are replayed
REPLAYED_WRONG = 8
REPLAYED_MISSES = 64
MOST_SEEDS = 1 << 62
MORE_SEEDS = ["verify", THE_ARTIFACT, "--seeds", "2000"]  # by the frozen simulator


class Amount(NamedTuple):
    """How many seeds to run: a number, or as many as the seconds allow."""

    seeds: int
    seconds: float | None = None


def _amount(_context: click.Context, _option: click.Parameter, text: str | None) -> Amount | None:
    """``1e6`` or ``1000000`` seeds, or ``60s`` of them."""
    if text is None:
        return None
    try:
        number = float(text.removesuffix("s"))
    except ValueError:
        number = 0.0
    if not 1 <= number <= MOST_SEEDS:
        raise click.BadParameter("expected a number of seeds, as 1e6, or of seconds, as 60s")
    return Amount(MOST_SEEDS, number) if text.endswith("s") else Amount(int(number))


OPTIONS = (
    click.option(
        "--bulk",
        callback=_amount,
        help="Run so many seeds by the second engine: 1e6, or 60s.  "
        "[1e6 where the proof stays open]",
    ),
    click.option(
        "--engine",
        type=click.Choice(engine.ENGINES),
        default="llvm",
        help="What runs --bulk: llvm, interpreter, or cuda on an NVIDIA GPU.  [llvm]",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """How many seeds, or None for the usual number where the proof stays open; by which engine."""

    bulk: Amount | None = None
    engine: str = "llvm"

    def look(self, artifacts: int) -> CycleproofError | None:
        """Raises ``MissingDependency`` where seeds were asked for and nothing can run them."""
        if self.bulk:
            engine.need_engine("numpy")
        return None

    @property
    def wanted(self) -> bool:
        """Whether seeds were asked for."""
        return self.bulk is not None


def requests(subject: Subject) -> list[Request]:
    """The sample of seeds that should be right, where it is known before anything runs."""
    amount = subject.of(Options).bulk
    if amount is None or amount.seconds is not None:
        return []
    return _requests(subject, _sample(amount.seeds, _wide_share(amount.seeds)))


def run(subject: Subject) -> Found:
    """Run the seeds below 2^30, then a tenth as many of all 32-bit words.

    What the evidence holds does not depend on how fast they ran.
    """
    asked = subject.of(Options)
    job = engine.Job(subject.artifact.data, subject.nonce, False, 0, 1, asked.engine)
    try:
        chosen = engine.chosen(job, subject.artifact.decoded)
        amount = asked.bulk or Amount(engine.usual_seeds(chosen))
        budget = engine.usual_budget(chosen, *amount)
        job = job._replace(seeds=amount.seeds, budget=budget)
        judged = engine.bulk(job, amount.seconds, None, subject.tell)
        share, budget_left = _wide_share(judged.seeds), budget // WIDE_SHARE
        wide = engine.bulk(job._replace(wide=True, seeds=share, budget=budget_left))
    except Unsupported as reason:
        text = f"the engine cannot run this program: {reason}"
        return Found(Verdict.SKIPPED, text, {INSTEAD: MORE_SEEDS})
    except MissingDependency as error:
        if asked.bulk is not None:
            raise
        return Found(Verdict.SKIPPED, f"{error}; {error.hint}")
    figures: dict[str, Any] = {
        "engine": chosen.name,
        "seeds": judged.seeds,
        "wrong": judged.wrong,
        "missed_guards": judged.missed,
        "wide_seeds": wide.seeds,
        "wide_wrong": wide.wrong,
        "nonce": subject.nonce.hex(),
    }
    notes = [f"the same seeds again: --nonce {subject.nonce.hex()}"]
    if chosen.refusal:
        notes.append(f"interpreted bundle by bundle, since it does not slice: {chosen.refusal}")
    if judged.seeds < amount.seeds and judged.work >= budget:
        notes.append(f"ended early: these seeds took {judged.work:,} interpreted slots")
    return _judged(subject, judged, wide, figures, notes)


def _judged(
    subject: Subject, judged: Part, wide: Part, figures: dict[str, Any], notes: list[str]
) -> Found:
    """What the frozen simulator says of the seeds that matter."""
    failure, wide_failure = _replayed(subject, judged, wide)
    notes = [*notes, _wide_line(wide, wide_failure)]
    if failure is not None:
        index, text, answer = failure
        count = f"{judged.wrong:,}" if judged.wrong else "one"
        rate = f"wrong on {count} of {plural(judged.seeds, 'seed')}"
        name, nonce = stream.name(index), subject.nonce.hex()
        command = command_line("verify", subject.artifact.path, "--input", name, "--nonce", nonce)
        text = f"{rate}; seed {index}, run by the frozen simulator: {text}"
        return Found(Verdict.FAIL, text, figures | wrong_figures(answer), notes, command)
    if judged.missed > REPLAYED_MISSES:
        text = (
            f"{judged.missed:,} of {judged.seeds:,} seeds missed a guard of the engine, and only"
            f" {REPLAYED_MISSES} of them were run by the frozen simulator"
        )
        return Found(Verdict.UNKNOWN, text, figures, notes)
    shape = subject.artifact.decoded.shape
    text = (
        f"right on {judged.seeds:,} seeds ({shape}, {JUDGED_WORDS}); fewer than one seed in"
        f" {judged.seeds / 3:,.0f} is wrong, at 95%"
    )
    return Found(Verdict.PASS, text, figures, notes)


class Failure(NamedTuple):
    """The first seed that the frozen simulator fails, its complaint, and its answer."""

    seed: int
    text: str
    answer: Answer


class Seed(NamedTuple):
    """One seed of either pass."""

    number: int
    domain: stream.Domain


def _wide_share(seeds: int) -> int:
    """How many seeds of all 32-bit words come after so many judged ones."""
    return -(-seeds // WIDE_SHARE)


def _sample(judged: int, wide: int) -> list[Seed]:
    """Some of so many seeds of each pass."""
    return [
        Seed(place * max(seeds // SAMPLE, 1), domain)
        for seeds, domain in ((judged, stream.JUDGED), (wide, stream.WIDE))
        for place in range(min(SAMPLE, seeds))
    ]


def _replayed(subject: Subject, judged: Part, wide: Part) -> tuple[Failure | None, Failure | None]:
    """What the frozen simulator says of each part.

    Raises ``EnginesDisagree`` where the two see one seed differently.
    """
    parts = {stream.JUDGED: judged, stream.WIDE: wide}
    right = [seed for seed in _sample(judged.seeds, wide.seeds) if _is_right(parts, seed)]
    answers = dict(zip(right, subject.answers(_requests(subject, right)), strict=True))
    failures = []
    for domain, part in parts.items():
        of_part = {seed.number: answers[seed] for seed in right if seed.domain == domain}
        failures.append(_failure(subject, part, domain, of_part))
    return failures[0], failures[1]


def _is_right(parts: dict[stream.Domain, Part], seed: Seed) -> bool:
    """Whether the engine calls a seed right; of one that it need not list it does not say."""
    part = parts[seed.domain]
    known = {*part.wrong_seeds, *part.missed_seeds}
    return len(known) == part.wrong + part.missed and seed.number not in known


def _failure(
    subject: Subject, part: Part, domain: stream.Domain, answers: dict[int, Answer]
) -> Failure | None:
    """What the simulator says of a part: ``answers`` of its sample, and of what is suspect."""
    wrong = part.wrong_seeds[:REPLAYED_WRONG]
    suspects = [*part.missed_seeds[:REPLAYED_MISSES], *wrong]
    # By themselves: one of these may never end, and nothing runs after it.
    asked = _requests(subject, [Seed(index, domain) for index in suspects])
    replayed = run_frozen(subject.base, subject.artifact.data, asked) if asked else []
    all_answers = answers | dict(zip(suspects, replayed, strict=True))
    expected = dict.fromkeys(answers, True) | dict.fromkeys(wrong, False)
    for index, is_right in expected.items():
        if all_answers[index]["pass"] != is_right:
            name = subject.of(Options).engine
            raise EnginesDisagree(
                f"seed {index} ({domain.name}): the engine {name} says"
                f" {'right' if is_right else 'wrong'}, the frozen simulator does not",
                f"please report it, with the artifact and --nonce {subject.nonce.hex()}",
            )
    failed = [index for index, answer in all_answers.items() if not answer["pass"]]
    if failed:
        first = all_answers[min(failed)]
        return Failure(min(failed), complaint(first), first)
    claimed = subject.artifact.decoded.cycles
    miscounted = cycle_complaint(list(all_answers.values()), claimed)
    if miscounted is None:
        return None
    at = next(index for index, answer in all_answers.items() if answer["cycles"] != claimed)
    return Failure(at, miscounted, all_answers[at])


def _requests(subject: Subject, seeds: list[Seed]) -> list[Request]:
    decoded = subject.artifact.decoded
    key = stream.key(decoded.program_sha256, subject.nonce)
    drawn = [stream.inputs(decoded.shape, key, *seed) for seed in seeds]
    return [{"tree": one.tree, "values": one.values} for one in drawn]


def _wide_line(part: Part, failure: Failure | None) -> str:
    text = f"{ALL_WORDS}: {part.seeds:,} seeds, {part.wrong:,} wrong"
    if failure is None:
        return text
    return f"{text}; --input {stream.name(failure.seed, stream.WIDE)}: {failure.text}"
