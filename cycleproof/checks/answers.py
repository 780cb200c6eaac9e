"""What the checks that run inputs share: judging the answers, reporting the leftovers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.problem import HASH_STAGES, Inputs, memory_image, step

from ..base.text import plural
from ..simulator.runner import Answer


def complaint(answer: Answer) -> str:
    """One line on a run that did not give the reference's outputs; ``round`` as explained."""
    if "fault" in answer:
        return str(answer["fault"])
    text = (
        f"{plural(answer['wrong_lanes'], 'lane')} wrong; the first is lane {answer['lane']}:"
        f" expected {answer['expected']}, got {answer['got']}"
    )
    if answer.get("round") is not None:
        text += f"; it is lost from round {answer['round']} on"
    return text


def explained(artifact: Artifact, inputs: Inputs, answer: Answer) -> Answer:
    """The answer to a wrong run, with the ``round`` from which on its first wrong lane is lost."""
    if "fault" in answer:
        return answer
    return answer | {"round": first_missing_round(artifact, inputs, answer["lane"])}


def wrong_figures(answer: Answer) -> dict[str, Any]:
    """The figures on a run without the right outputs, as the first line says them.

    ``fault``; or ``wrong_lane``, how many ``wrong_lanes`` there are, and ``wrong_round``.
    """
    if "fault" in answer:
        return {"fault": str(answer["fault"])}
    if answer["pass"]:
        return {}
    first = answer.get("round")
    lanes = {"wrong_lane": answer["lane"], "wrong_lanes": answer["wrong_lanes"]}
    return lanes | ({} if first is None else {"wrong_round": first})


def first_missing_round(artifact: Artifact, inputs: Inputs, lane: int) -> int | None:
    """The round after the last whose reference value for ``lane`` the program holds in scratch.

    A value counts as held in either of its usual forms, with the hash's last constant applied
    or still pending. A right kernel may fuse rounds and skip values, so a gap before the last one
    held says nothing. ``None`` if that is the last round's, or if none is held: then the kernel
    may write its values in a form of its own. The run must end.
    """
    pending = HASH_STAGES[-1][1]
    index, value = 0, inputs.values[lane]
    wanted: dict[int, int] = {}
    for number in range(artifact.shape.rounds):
        index, value = step(artifact.shape, inputs.tree, index, value)
        wanted.setdefault(value, number)
        wanted.setdefault(value ^ pending, number)
    words = set(wanted)
    seen: set[int] = set()

    def observe(_bundle: int, scratch: list[int], _memory: list[int]) -> None:
        seen.update(wanted[word] for word in words.intersection(scratch))

    Machine(artifact.program).run(memory_image(artifact.shape, inputs), observe=observe)
    after = max(seen, default=-1) + 1
    return after if 0 < after < artifact.shape.rounds else None


def cycle_counts(answers: Sequence[Answer]) -> list[int]:
    """The distinct cycle counts of the runs that ended."""
    return sorted({answer["cycles"] for answer in answers if "cycles" in answer})


def cycle_complaint(answers: Sequence[Answer], claimed: int) -> str | None:
    """What is wrong with the cycle counts: they must agree with each other and with the claim."""
    counts = cycle_counts(answers)
    if len(counts) > 1:
        return f"the cycle count depends on the inputs: {counts[0]:,} to {counts[-1]:,}"
    if counts and counts != [claimed]:
        return f"runs take {plural(counts[0], 'cycle')}, the artifact claims {claimed:,}"
    return None


def leftovers(answers: Sequence[Answer]) -> dict[str, Any]:
    """What the kernel leaves behind in all runs: not judged (docs/spec.md, section 3)."""
    ended = [answer for answer in answers if "cycles" in answer]
    indices = Counter(answer["indices"] for answer in ended)
    preserved = sum(answer["forest_preserved"] for answer in ended)
    return {
        "final_indices": "/".join(sorted(indices)),
        "forest_preserved": preserved == len(ended),
    }
