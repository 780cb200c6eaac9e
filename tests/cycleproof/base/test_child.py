"""What a child process is given, what it leaves, and that nothing else starts one."""

import ast
import json
import os
import time
from pathlib import Path

import pytest

import cycleproof
from cycleproof.base.child import BARE, INSTALLED, SEEDED, OutOfTime, run, started, status, tool
from tests.support.processes import running

PACKAGE = Path(cycleproof.__file__).parent
STARTERS = {"subprocess", "multiprocessing", "pty", "asyncio", "_posixsubprocess"}
OF_OS = ("exec", "spawn", "posix_spawn", "fork", "system", "popen")
# The room itself; the text that capture hands to a child, which forks there; the fork of prover and
# checker, which starts no program; and the script that strangers run beside exported facts.
ALLOWED = {"base/child.py", "base/limits.py", "capture/guest.py", "audit/check_facts.py"}
TELL = """
import json, os, sys
fds = [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
print(json.dumps([dict(os.environ), os.listdir(), fds, os.getsid(0) == os.getpid(), sys.path]))
"""


def starts(source: str) -> list[str]:
    """What a module names that can start a process."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names if not node.level]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
        else:
            continue
        for name in names:
            head, _, tail = name.partition(".")
            by_os = head == "os" and tail.startswith(OF_OS)
            if head in STARTERS or by_os or name.endswith("ProcessPoolExecutor"):
                found.append(name)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "import subprocess as s",
        "from subprocess import run",
        "def f():\n    from multiprocessing import Process",
        "import os\nos.execv('a', [])",
        "from os import fork",
        "import os\nos.posix_spawn",
        "import os\nos.system('a')",
        "from concurrent.futures import ProcessPoolExecutor",
    ],
)
def test_the_walk_sees(source: str) -> None:
    assert starts(source)


def test_no_other_module_starts_a_process() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): names
        for path in PACKAGE.rglob("*.py")
        if (names := starts(path.read_text("utf-8")))
    }
    assert found.keys() == ALLOWED, found


@pytest.mark.parametrize("interpreter", [INSTALLED, BARE, SEEDED], ids=["I", "S", "seeded"])
def test_a_child_has_nothing_in_hand(
    interpreter: tuple[str, str, str, str] | tuple[str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n")
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        ended = run([*interpreter, "-c", TELL], 60)
    environment, listing, descriptors, leads, path = json.loads(ended.stdout)
    assert environment.keys() <= {"LC_CTYPE"}  # which Python sets for itself
    assert (listing, sorted(descriptors), leads) == ([], [0, 1, 2], True)
    assert not {"", ".", str(tmp_path)} & set(path)


def test_what_the_caller_names_is_given(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    code = f"import os; os.write({writer}, os.environ['A'].encode() + os.getcwd().encode())"
    with started([*BARE, "-c", code], tmp_path, {"A": "b"}, descriptors=[writer]) as child:
        assert status(child, 60) == 0
    os.close(writer)
    assert os.read(reader, 999) == b"b" + os.fsencode(tmp_path)
    os.close(reader)


def gone(pid: int) -> bool:
    for _ in range(200):
        if not running(pid):
            return True
        time.sleep(0.05)
    return False


FORKS = "import os, sys, time\nif os.fork():\n    {then}\nelse:\n    {tell}\n    time.sleep(600)\n"


@pytest.mark.parametrize("then", ["time.sleep(600)", "os._exit(0)"], ids=["too-long", "leaves"])
def test_nothing_of_its_session_stays(then: str, tmp_path: Path) -> None:
    tell = "open('pid.new', 'w').write(str(os.getpid())); os.rename('pid.new', 'pid')"
    pid = tmp_path / "pid"
    tell = f"print('begun', flush=True); {tell}"
    with pytest.raises(OutOfTime, match=r"not done in 2 s") as late:
        run([*BARE, "-c", FORKS.format(then=then, tell=tell)], 2, folder=tmp_path)
    assert gone(int(pid.read_text()))
    assert late.value.output == b"begun\n"


def test_its_folder_does_not_stay() -> None:
    folder = run([*BARE, "-c", "import os; print(os.getcwd(), end='')"], 60).stdout
    assert not Path(os.fsdecode(folder)).exists()


def test_a_program_that_is_missing() -> None:
    with pytest.raises(FileNotFoundError):
        run(["/none/such"], 1)


def test_a_program_of_the_callers_folder_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "bwrap"
    there.write_text("")
    there.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in ("", ".", ":.:", "./"):
        monkeypatch.setenv("PATH", path)
        assert tool("bwrap") is None
    monkeypatch.setenv("PATH", f".:{tmp_path}")
    assert tool("bwrap") == str(there)
