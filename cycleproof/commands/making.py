"""Making an artifact from what people have: a recipe, a generator, a dump. With progress."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from frozen.problem import JUDGED, Shape

from ..artifact.build import BUILD_SECONDS, Build, build, read_dump, run_recipe
from ..base.text import printable
from ..capture import SLOW_SECONDS, Capture, capture
from ..capture.sandbox import sandbox_named

_EVERY = 60  # seconds between two lines of progress where there is no terminal


class Options(NamedTuple):
    """How a program is made; ``None`` leaves a thing to its default."""

    recipe: str | None = None
    shape: Shape | None = None
    builds: int | None = None
    sandbox: str | None = None
    problem: str | None = None
    timeout: float | None = None


class Made(NamedTuple):
    """An artifact, and how a generator was run if one was."""

    build: Build
    captured: Capture | None


def is_generator(path: Path) -> bool:
    """Whether a path is a Python file or a folder, so that making it runs somebody's code."""
    return path.suffix == ".py" or path.is_dir()


def make(path: Path | None, options: Options) -> Made:
    """The artifact of ``path``, or of a recipe. Raises ``CycleproofError``."""
    shut_in = sandbox_named(options.sandbox) if options.sandbox else None
    seconds = options.timeout or BUILD_SECONDS
    captured = None
    if path is None:
        with Console(stderr=True).status("building"):  # only on a terminal
            dump, notes = run_recipe(options.recipe or "best", options.shape or JUDGED, seconds)
        for line in notes.splitlines():
            click.echo(printable(line), err=True)
    elif is_generator(path):
        with _progress(seconds) as progress:
            captured = capture(
                path,
                options.shape or JUDGED,
                options.builds,
                seconds,
                shut_in,
                options.problem == "theirs",
                progress,
            )
        dump = captured.dump
        _tell_set_aside(captured.set_aside)
    else:
        dump = read_dump(path, options.shape)
    return Made(build(dump), captured)


def how_captured(captured: Capture, asked: int | None) -> str:
    """In what sandbox and how often it was built, in one line."""
    if captured.builds > 1:
        times = f"{captured.builds} builds gave the same program"
    elif asked is None:
        times = (
            f"once, for {captured.seconds:.0f} s: past {SLOW_SECONDS} s it is not built"
            " again to compare unless you say --builds 2"
        )
    else:
        times = "once"
    return f"built {captured.sandbox}; {times}"


def _tell_set_aside(set_aside: tuple[str, ...]) -> None:
    if set_aside:
        more = f"; and {len(set_aside) - 1} more" if len(set_aside) > 1 else ""
        click.echo(f"set aside, not handed to the builder: {set_aside[0]}{more}", err=True)


@contextmanager
def _progress(seconds: float) -> Iterator[Callable[[int, float], None]]:
    """A line on stderr about the build under way: live on a terminal, elsewhere once a minute."""
    console = Console(stderr=True)
    told = time.monotonic()
    with console.status("building") as status:

        def show(build: int, so_far: float) -> None:
            nonlocal told
            line = f"build {build}: {so_far:.0f} s of at most {seconds:g} s"
            if so_far >= _EVERY and build > 1:
                line += "; --builds 1 does without it"
            status.update(line)
            if not console.is_terminal and time.monotonic() - told >= _EVERY:
                told = time.monotonic()
                click.echo(line, err=True)

        yield show
