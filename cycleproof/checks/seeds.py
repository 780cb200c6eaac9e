"""The check ``seeds``: right on fixed seeds and on drawn ones bound to the artifact.

The seeds of a nonce drawn now are fresh. Those of a given nonce are replayed: whoever chose the
nonce could search for one whose seeds a wrong kernel survives.
"""

from dataclasses import dataclass

import click

from frozen.problem import inputs_from_seed

from ..base.text import JUDGED_WORDS, command_line, plural
from ..evidence.model import Found, Verdict
from ..simulator.runs import Request
from ..simulator.seeds import FIXED_SEEDS, FRESH_SEEDS, fresh_seed
from ..simulator.starts import drawn as drawn_start
from ..simulator.starts import judge_starts
from . import Asked, Subject
from .answers import complaint, cycle_complaint, cycle_counts, explained, leftovers, wrong_figures
from .proof import Options as Proof

OPTIONS = (
    click.option(
        "--seeds",
        type=click.IntRange(0, 100_000),
        default=FRESH_SEEDS,
        help="So many fresh seeds.  [8]",
    ),
    click.option("--seed", type=int, help="Run only this one seed."),
)


@dataclass(frozen=True)
class Options(Asked):
    """How many fresh ``seeds`` beside the fixed ones; or one ``seed`` and none else."""

    seeds: int = FRESH_SEEDS
    seed: int | None = None

    @property
    def fixed(self) -> tuple[int, ...]:
        """The seeds that do not depend on the nonce."""
        return FIXED_SEEDS if self.seed is None else (self.seed,)

    @property
    def fresh(self) -> int:
        """How many seeds the nonce gives."""
        return self.seeds if self.seed is None else 0

    @property
    def single(self) -> str:
        """``--seed``, where one was given."""
        return "" if self.seed is None else "--seed"

    @property
    def special(self) -> bool:
        """Fewer seeds than usual."""
        return self.fresh < FRESH_SEEDS


def requests(subject: Subject) -> list[Request]:
    """A run for each fixed and each drawn seed."""
    return [{"seed": seed} for seed in [*subject.of(Options).fixed, *_drawn(subject)]]


def _drawn(subject: Subject) -> list[int]:
    digest = subject.artifact.decoded.program_sha256
    return [fresh_seed(digest, subject.nonce, index) for index in range(subject.of(Options).fresh)]


def run(subject: Subject) -> Found:
    """Judge every seed."""
    decoded = subject.artifact.decoded
    drawn = _drawn(subject)
    word = "replayed" if subject.replayed else "fresh"
    fixed = subject.of(Options).fixed
    seeds = [*fixed, *drawn]
    if not seeds:
        return Found(Verdict.SKIPPED, "no seeds were asked for")
    answers = subject.answers(requests(subject))
    figures = {
        "fixed": len(fixed),
        "fresh": 0 if subject.replayed else len(drawn),
        "replayed": len(drawn) if subject.replayed else 0,
        "nonce": subject.nonce.hex() if drawn else "",
        "cycles": cycle_counts(answers),
        **leftovers(answers),
    }
    notes = [f"the {word} ones again: --nonce {subject.nonce.hex()}"] if drawn else []
    wrong = [(s, a) for s, a in zip(seeds, answers, strict=True) if not a["pass"]]
    if wrong:
        seed, answer = wrong[0]
        answer = explained(decoded, inputs_from_seed(seed, decoded.shape), answer)
        return Found(
            Verdict.FAIL,
            f"wrong on {len(wrong):,} of {plural(len(seeds), 'seed')};"
            f" seed {seed}: {complaint(answer)}",
            figures | wrong_figures(answer) | {"wrong_seed": seed},
            notes,
            command_line("verify", subject.artifact.path, "--seed", str(seed)),
        )
    miscounted = cycle_complaint(answers, decoded.cycles)
    if miscounted:
        return Found(Verdict.FAIL, miscounted, figures, notes)
    found = Found(
        Verdict.PASS,
        f"right on {len(fixed):,} fixed and {plural(len(drawn), f'{word} seed')},"
        f" {plural(decoded.cycles, 'cycle')} each ({decoded.shape}, {JUDGED_WORDS})",
        figures,
        notes,
    )
    return _from_drawn_starts(subject, found, drawn) if subject.of(Proof).wider else found


def _from_drawn_starts(subject: Subject, found: Found, seeds: list[int]) -> Found:
    """The same drawn seeds from starts of a wider statement, beside what was ``found``."""
    decoded, proof = subject.artifact.decoded, subject.of(Proof)
    said = proof.statement
    starts = [drawn_start(decoded.shape, said, seed) for seed in seeds]
    answers = judge_starts(decoded, starts)
    wrong = next((answer for answer in answers if not answer["pass"]), None)
    what = complaint(wrong) if wrong else cycle_complaint(answers, decoded.cycles)
    if what:
        nonce = ("--nonce", subject.nonce.hex())
        again = command_line("verify", subject.artifact.path, *proof.statement_words, *nonce)
        text = f"wrong from a drawn start ({said.starts}): {what}"
        about = wrong_figures(wrong) | {"wrong_on": "a drawn start"} if wrong else {}
        figures = {**found.figures, **about}
        return Found(Verdict.FAIL, text, figures, found.notes, again)
    text = f"{found.established}; from {plural(len(starts), 'drawn start')} too ({said.starts})"
    return found._replace(established=text, figures={**found.figures, "drawn_starts": len(starts)})
