"""What the checks that run inputs share: judging the answers, reporting the leftovers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..simulator.runner import Answer


def complaint(answer: Answer) -> str:
    """One line on a run that did not give the reference's outputs."""
    if "fault" in answer:
        return str(answer["fault"])
    text = (
        f"{answer['wrong_lanes']} lanes wrong; the first is lane {answer['lane']}:"
        f" expected {answer['expected']}, got {answer['got']}"
    )
    if answer.get("round") is not None:
        text += f"; its value of round {answer['round']} is the first never computed"
    return text


def cycle_counts(answers: Sequence[Answer]) -> list[int]:
    """The distinct cycle counts of the runs that ended."""
    return sorted({answer["cycles"] for answer in answers if "cycles" in answer})


def cycle_complaint(answers: Sequence[Answer], claimed: int) -> str | None:
    """What is wrong with the cycle counts: they must agree with each other and with the claim."""
    counts = cycle_counts(answers)
    if len(counts) > 1:
        return f"the cycle count depends on the inputs: {counts[0]} to {counts[-1]}"
    if counts and counts != [claimed]:
        return f"runs take {counts[0]} cycles, the artifact claims {claimed}"
    return None


def leftovers(answers: Sequence[Answer]) -> dict[str, Any]:
    """What the kernel leaves behind, over all runs; reported, never judged (spec, section 3)."""
    ended = [answer for answer in answers if "cycles" in answer]
    indices = Counter(answer["indices"] for answer in ended)
    preserved = sum(answer["forest_preserved"] for answer in ended)
    return {
        "final_indices": "/".join(sorted(indices)),
        "forest_preserved": preserved == len(ended),
        "overlapped_store_words": max((answer["overlaps"] for answer in ended), default=0),
    }
