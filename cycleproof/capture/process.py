"""One run of a generator: a child in its own session, one frame back, nothing left behind."""

import hmac
import json
import os
import secrets
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from frozen.artifact import MAX_BYTES

from ..base.child import SEEDED, Child, started, status
from ..base.errors import GeneratorFailed
from ..base.files import temporary_folder
from ..base.signals import held, let_through
from .proctable import adopt_orphans, children, end_children, tasks_of_user
from .sandbox import DISK_LIMIT, Sandbox
from .sources import PROBLEM, Sources

MEMORY_LIMIT = 4 << 30
PROCESSES = 256  # that a generator may add to those that its user has
_STEP = 0.25  # seconds between two looks at a generator that is silent
_END_SECONDS = 10
_BLOCK = 4096
_TEXTS = ("plain", "problem")


def run_generator(
    sources: Sources,
    sandbox: Sandbox,
    job: dict[str, Any],
    seed: int,
    seconds: float,
    tick: Callable[[float], None],
) -> bytes:
    """Run the ``KernelBuilder`` of ``sources`` once; return the JSON document that came back.

    ``job`` holds ``params`` and ``arguments``; ``seed`` is the run's PYTHONHASHSEED. ``tick``
    is told the seconds so far while nothing comes back. Raises ``GeneratorFailed`` if no whole
    frame with this run's nonce comes back in ``seconds``.
    """
    nonce = secrets.token_hex(16)
    texts = {name: Path(__file__).with_name(f"{name}.py").read_text("utf-8") for name in _TEXTS}
    if PROBLEM in sources.files:
        texts["problem"] = ""
    with _copy(sources) as folder:
        reader, writer = os.pipe()
        try:
            message = {
                **job,
                **texts,
                "nonce": nonce,
                "pipe": writer,
                "folder": str(folder),
                "entry": str(folder / sources.entry),
                "module": Path(sources.entry).stem,
                "limits": _limits(seconds),
            }
            with _session(sandbox, folder, writer, seed) as child:
                os.close(writer)
                writer = -1
                _send(child, json.dumps(message).encode())
                body = _receive(reader, child, nonce.encode(), folder, seconds, tick)
                _see_it_end(child)
            if _rest(reader):
                raise GeneratorFailed("its result is followed by something else; one is taken")
        finally:
            os.close(reader)
            if writer >= 0:
                os.close(writer)
    return body


@contextmanager
def _copy(sources: Sources) -> Iterator[Path]:
    """A copy of the sources for this one build; it is the working directory too."""
    with temporary_folder() as folder:
        for name, data in sources.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        yield folder


def _limits(seconds: float) -> dict[str, int]:
    limits = {
        "RLIMIT_AS": MEMORY_LIMIT,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(seconds * (os.cpu_count() or 1)) + 60,
        "RLIMIT_FSIZE": DISK_LIMIT // 2,
        "RLIMIT_NOFILE": 512,
    }
    tasks = tasks_of_user()
    return limits | ({"RLIMIT_NPROC": tasks + PROCESSES} if tasks else {})


@contextmanager
def _session(sandbox: Sandbox, folder: Path, pipe: int, seed: int) -> Iterator[Child]:
    """Start the child; at the end kill it and whatever it started, also what left its session."""
    before = children()
    adopt_orphans()
    script = Path(__file__).with_name("guest.py").read_text("utf-8")
    command = [*sandbox.command(folder), *SEEDED, "-c", script]
    environment = {"PYTHONHASHSEED": str(seed)}
    with held():
        try:
            session = started(command, folder, environment, descriptors=[pipe], output=False)
            with session as child, let_through():
                yield child
        finally:
            if not end_children(but=before):
                raise GeneratorFailed("left processes that could not be ended; look for them")


def _send(child: Child, message: bytes) -> None:
    if child.stdin:
        with suppress(BrokenPipeError):  # it ended at once, and will be asked why
            child.stdin.write(message)
            child.stdin.close()


def _receive(
    pipe: int,
    child: Child,
    nonce: bytes,
    folder: Path,
    seconds: float,
    tick: Callable[[float], None],
) -> bytes:
    """Read the frame: nonce, eight bytes of length, body."""
    deadline = time.monotonic() + seconds
    data = bytearray()
    head = len(nonce) + 8
    needed = head
    while len(data) < needed:
        left = deadline - time.monotonic()
        if left <= 0:
            raise GeneratorFailed(f"not built in {seconds:g} s; --timeout allows more")
        ended = child.poll() is not None
        if not select.select([pipe], [], [], 0 if ended else min(left, _STEP))[0]:
            chunk = b""
            tick(seconds - left)
            if _used(folder) > DISK_LIMIT:
                raise GeneratorFailed(f"wrote more than {DISK_LIMIT >> 20} MB of files")
        elif chunk := os.read(pipe, min(1 << 20, needed - len(data))):
            data += chunk
        elif not ended:  # it closed the pipe and goes on
            time.sleep(min(left, _STEP))
        if ended and not chunk:
            cut = "its result was whole" if data else "a result"
            raise GeneratorFailed(f"ended with status {child.returncode} before {cut}")
        if needed == head and len(data) == head:
            if not hmac.compare_digest(data[: len(nonce)], nonce):
                raise GeneratorFailed("something else than its result came through the pipe")
            needed += int.from_bytes(data[len(nonce) :], "big")
            if needed > head + MAX_BYTES:
                raise GeneratorFailed(f"a result of {needed - head:,} bytes; limit {MAX_BYTES:,}")
    return bytes(data[head:])


def _see_it_end(child: Child) -> None:
    """After its frame the child ends by itself, at once and with status 0."""
    ended = status(child, _END_SECONDS)
    if ended is None:
        raise GeneratorFailed("went on after its result")
    if ended:
        raise GeneratorFailed(f"ended with status {ended} after its result")


def _used(folder: Path) -> int:
    """Bytes of all files and folders below ``folder``; each takes a block at least."""
    total = 0
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            with suppress(OSError):
                total += max(_BLOCK, Path(parent, name).lstat().st_size)
    return total


def _rest(pipe: int) -> bytes:
    """The next byte of the pipe, if there is one; no writer is left."""
    if select.select([pipe], [], [], 0)[0]:
        return os.read(pipe, 1)
    return b""
