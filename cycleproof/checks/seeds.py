"""The check ``seeds``: right on fixed seeds and on drawn ones bound to the artifact.

The seeds of a nonce drawn now are fresh. Those of a given nonce are replayed: whoever chose the
nonce could search for one whose seeds a wrong kernel survives.
"""

from frozen.problem import inputs_from_seed

from ..base.text import JUDGED_WORDS, command_line, plural
from ..evidence.model import Finding, Verdict
from ..simulator.runs import Request
from ..simulator.seeds import fresh_seed
from . import Subject
from .runs import complaint, cycle_complaint, cycle_counts, explained, leftovers, wrong_figures


def requests(subject: Subject) -> list[Request]:
    """A run for each fixed and each drawn seed."""
    return [{"seed": seed} for seed in [*subject.fixed_seeds, *_drawn(subject)]]


def _drawn(subject: Subject) -> list[int]:
    digest = subject.artifact.decoded.program_sha256
    return [fresh_seed(digest, subject.nonce, index) for index in range(subject.fresh_seeds)]


def run(subject: Subject) -> Finding:
    """Judge every seed."""
    decoded = subject.artifact.decoded
    drawn = _drawn(subject)
    word = "replayed" if subject.replayed else "fresh"
    seeds = [*subject.fixed_seeds, *drawn]
    if not seeds:
        return Finding("seeds", Verdict.SKIPPED, "no seeds were asked for")
    answers = subject.answers(requests(subject))
    figures = {
        "fixed": len(subject.fixed_seeds),
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
        return Finding(
            "seeds",
            Verdict.FAIL,
            f"{len(wrong)} of {plural(len(seeds), 'seed')} fail; seed {seed}: {complaint(answer)}",
            figures | wrong_figures(answer),
            notes,
            command_line("verify", subject.artifact.path, "--seed", str(seed)),
        )
    miscounted = cycle_complaint(answers, decoded.cycles)
    if miscounted:
        return Finding("seeds", Verdict.FAIL, miscounted, figures, notes)
    return Finding(
        "seeds",
        Verdict.PASS,
        f"right on {len(subject.fixed_seeds)} fixed and {plural(len(drawn), f'{word} seed')},"
        f" {plural(decoded.cycles, 'cycle')} each ({decoded.shape}, {JUDGED_WORDS})",
        figures,
        notes,
    )
