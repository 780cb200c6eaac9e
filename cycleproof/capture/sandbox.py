"""Sandboxes for a generator: bubblewrap where it works, else namespaces, else none.

Only a sandbox keeps a generator from the network and from files; the output says which it was.
"""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..base.child import BARE, run, tool
from ..base.errors import MissingDependency

DISK_LIMIT = 128 << 20  # bytes that a generator's folders may hold
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache")
_PROBE_SECONDS = 10


class Sandbox(NamedTuple):
    """One kind of sandbox. ``promise`` says what it keeps out, or that it does not."""

    name: str
    promise: str
    command: Callable[[Path], list[str]]  # what goes before the interpreter

    def __str__(self) -> str:
        with_it = "without a sandbox" if self is NO_SANDBOX else f"in {self.name}"
        return f"{with_it} ({self.promise})"


def _tool(name: str) -> str:
    """The full path of a tool: the child's environment has no PATH to find it by."""
    return tool(name) or name


def _bwrap(folder: Path) -> list[str]:
    interpreter = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    size = str(DISK_LIMIT)
    command = [_tool("bwrap"), "--unshare-all", "--die-with-parent", "--cap-drop", "ALL"]
    command += ["--uid", "65534", "--gid", "65534"]
    command += ["--size", size, "--tmpfs", "/tmp"]  # noqa: S108
    for path in (*_SYSTEM, *sorted(interpreter - {"/usr"})):
        command += ["--ro-bind-try", path, path]
    command += ["--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"]  # noqa: S108
    command += ["--bind", str(folder), str(folder)]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(folder), "--"]


def _unshare(_folder: Path) -> list[str]:
    spaces = ["--user", "--map-root-user", "--net", "--ipc", "--uts", "--pid"]
    return [_tool("unshare"), *spaces, "--fork", "--kill-child", "--"]


NO_SANDBOX = Sandbox("none", "network and files are open to the generator", lambda _: [])
_KINDS = (
    Sandbox("bwrap", "no network, no files but its own", _bwrap),
    Sandbox("namespaces", "no network; files are open to the generator", _unshare),
    NO_SANDBOX,
)
SANDBOXES = {sandbox.name: sandbox for sandbox in _KINDS}


@cache
def best_sandbox() -> Sandbox:
    """The first sandbox that starts the interpreter here."""
    return next(sandbox for sandbox in SANDBOXES.values() if works(sandbox))


def sandbox_named(name: str) -> Sandbox:
    """One of ``SANDBOXES``. Raises ``MissingDependency`` if it does not work here."""
    if not works(SANDBOXES[name]):
        raise MissingDependency(
            f"--sandbox {name}: does not start the interpreter on this machine",
            "install bubblewrap" if name == "bwrap" else "",
        )
    return SANDBOXES[name]


def works(sandbox: Sandbox) -> bool:
    """Whether the interpreter starts in it; a tool that is present may still be forbidden."""
    command = sandbox.command(Path(__file__).parent)
    if not command or tool(command[0]) is None:
        return not command
    try:
        return run([*command, *BARE, "-c", ""], _PROBE_SECONDS).returncode == 0
    except OSError:  # a time-out is one too
        return False
