"""Bars of progress in the terminal, with an estimate of the time that is left."""

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import click
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..base.gauge import Gauge, Tell
from ..checks import CHECKS, Check, Subject
from ..checks.verify import verify
from ..evidence.model import Evidence


class _Bar(Progress):
    """A bar on stderr, where that is a terminal; gone at the end.

    A second one above shows what ``gauge`` says. It looks whenever it is drawn, so nothing has to
    wake it.
    """

    def __init__(self, gauge: Gauge) -> None:
        self._gauge = gauge
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.add_task("", total=None, visible=False)
        (self._inside,) = self.tasks

    def get_renderables(self) -> Iterable[RenderableType]:
        """What is drawn now."""
        stage, done, due, _ = self._gauge.seen()
        if stage:
            self._inside.total = due or None
            # No ``reset`` and no new task here: either one draws, and so would come back here.
            self.update(self._inside.id, description=stage, completed=done, visible=True)
        return super().get_renderables()


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that takes what is done and what is due."""
    with _Bar(Gauge()) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, due: progress.update(task, completed=done, total=due)


@contextmanager
def gauge_bar() -> Iterator[Tell]:
    """A bar that takes what work in a forked child tells."""
    gauge = Gauge()
    with _Bar(gauge):
        yield gauge.tell


def verify_with_progress(
    subject: Subject, skip: Mapping[str, str] | Collection[str] = ()
) -> Evidence:
    """Run the checks; show a bar on stderr, only on a terminal, and take it away at the end.

    How fast the second engine ran its seeds is said on stderr too: no evidence holds it.
    """
    gauge = Gauge()
    told: list[tuple[int, float]] = []
    with _Bar(gauge) as progress:
        task = progress.add_task("", total=len(CHECKS))

        def show(check: Check) -> None:
            progress.update(task, description=check.name)
            progress.advance(task)

        def tell(seeds: int) -> None:
            told.append((seeds, time.monotonic()))
            progress.update(task, description=f"bulk, {seeds:,} seeds")

        evidence = verify(replace(subject, tell=tell, tell_proof=gauge.tell), skip, show)
    if len(told) > 1:
        (few, start), (seeds, end) = told[0], told[-1]
        rate = (seeds - few) / max(end - start, 1e-9)
        click.echo(f"bulk: {seeds:,} seeds below 2^30, {rate:,.0f} a second", err=True)
    return evidence
