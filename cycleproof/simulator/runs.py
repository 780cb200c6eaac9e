"""Runs of one artifact on the frozen base, those of several checks in one isolated process.

Starting that process and decoding the artifact in it take longer than a dozen runs do.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from .frozenbase import FrozenBase
from .runner import Answer, run_frozen

Request = dict[str, Any]


class Runs:
    """What the frozen base says of runs that were planned together."""

    def __init__(self) -> None:
        self._planned: list[Request] = []
        self._answers: dict[Hashable, Answer] = {}

    def plan(self, requests: Sequence[Request]) -> None:
        """Announce requests; the first call of ``answers`` makes all the runs announced."""
        self._planned += requests

    def answers(
        self, base: FrozenBase, artifact: bytes, requests: Sequence[Request]
    ) -> list[Answer]:
        """One answer for each request, the same as a separate process would give.

        Raises ``RunnerFailed`` and ``Unreadable`` as ``run_frozen`` does.
        """
        planned, self._planned = {_key(request): request for request in self._planned}, []
        if planned:
            answers = run_frozen(base, artifact, list(planned.values()))
            for key, answer in zip(planned, answers, strict=True):
                self._answers[key] = answer
                if "fault" in answer:  # after this one, others may not have been run
                    break
        keys = [_key(request) for request in requests]
        if all(key in self._answers for key in keys):
            return [self._answers[key] for key in keys]
        return run_frozen(base, artifact, requests)


def _key(request: Request) -> Hashable:
    return tuple(
        (name, tuple(value) if isinstance(value, list | tuple) else value)
        for name, value in request.items()
    )
