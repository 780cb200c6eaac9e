"""The check ``shifts``: the challenge's machine can run it, too.

That machine computes a << b as an integer of up to 32 + b bits before it takes it modulo 2^32. By
the frozen machine a shift by 2^32 - 1 is 0 at once; there it takes minutes, and a reviewer who
runs the challenge's tests would wait (docs/spec.md, section 3).
"""

from collections.abc import Iterator, Sequence

from frozen.artifact import Artifact
from frozen.errors import where
from frozen.problem import Inputs, inputs_from_seed

from ..analysis.execution import Step, execute
from ..analysis.ranges import Shift, left_shifts
from ..base.errors import Unreadable
from ..base.text import plural
from ..evidence.model import Found, Verdict
from ..simulator.directed import directed_inputs
from ..simulator.seeds import FIXED_SEEDS
from . import Subject

MOST_SHIFT = 1024  # such a shift takes about four times as long as one by 12
MOST_BUNDLES = 1_000_000  # executed while looking at amounts that have no bound


def run(subject: Subject) -> Found:
    """Pass if no input makes an amount exceed the limit, fail if a run does, else leave it open."""
    decoded = subject.artifact.decoded
    shifts = left_shifts(decoded.shape, subject.slots, subject.footprints)
    most = max((shift.most for shift in shifts), default=0)
    figures: dict[str, object] = {
        "left_shifts": len(shifts), "most": most, "limit": MOST_SHIFT, "runs": 0
    }  # fmt: skip
    unbounded = [shift for shift in shifts if shift.most > MOST_SHIFT]
    if not unbounded:
        text = f"no left shift by more than {MOST_SHIFT:,}, on any input: "
        text += f"{plural(len(shifts), 'slot')}, by {most:,} at most" if shifts else "it has none"
        return Found(Verdict.PASS, text, figures)
    amounts, runs = _seen(decoded, unbounded)
    figures["runs"] = runs
    worst = max(unbounded, key=lambda shift: amounts[shift])
    seen = amounts[worst]
    if seen > MOST_SHIFT:
        text = (
            f"{_place(worst)}: shifts left by {seen:,}, the limit is {MOST_SHIFT:,};"
            " the challenge's machine would build an integer of as many bits"
        )
        return Found(Verdict.FAIL, text, figures)
    first = unbounded[0]
    text = (
        f"{_place(first)}: no bound of the amount was found below {first.most:,}; in {runs:,} runs"
        f" no left shift was by more than {seen:,}, the limit is {MOST_SHIFT:,}"
    )
    slots = plural(len(unbounded), "such slot")
    notes = [f"{slots}; `&` with a constant before the shift would bound the amount"]
    return Found(Verdict.UNKNOWN, text, figures, notes)


def _place(shift: Shift) -> str:
    return where(shift.bundle, shift.engine, shift.number, "b")


def _seen(artifact: Artifact, shifts: Sequence[Shift]) -> tuple[dict[Shift, int], int]:
    """The greatest amount of each shift in runs on the fixed seeds and the directed inputs."""
    amounts = dict.fromkeys(shifts, 0)
    by_bundle: dict[int, list[Shift]] = {}
    for shift in shifts:
        by_bundle.setdefault(shift.bundle, []).append(shift)

    def watch(step: Step) -> None:
        for shift in by_bundle.get(step.bundle, ()):
            amount = max(step.before[word] for word in shift.amounts)
            amounts[shift] = max(amounts[shift], amount)

    runs = bundles = 0
    for inputs in _inputs(artifact):
        try:
            bundles += len(execute(artifact, inputs, watch).order)
        except Unreadable:  # the run faults or does not end: the other checks say so
            break
        runs += 1
        if max(amounts.values()) > MOST_SHIFT or bundles > MOST_BUNDLES:
            break
    return amounts, runs


def _inputs(artifact: Artifact) -> Iterator[Inputs]:
    for seed in FIXED_SEEDS:
        yield inputs_from_seed(seed, artifact.shape)
    for directed in directed_inputs(artifact.shape):
        if directed.judged:
            yield directed.inputs
