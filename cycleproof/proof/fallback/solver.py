"""A worker process that an SMT solver runs in: asked one small question after the other.

A worker that does not answer in time is killed, and the next question starts a new one. What it
says is not trusted: the checker asks again, by itself.
"""

import json
import select
import time
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import metadata
from importlib.util import find_spec

from ...base.child import INSTALLED, Child, started

SECONDS = 3.0  # for one question
SECONDS_IN_ALL = 60.0  # for all of one proof
MAX_QUESTIONS = 600  # different ones, for one proof
_READ = "import json, sys\nfor line in sys.stdin:\n    text = json.loads(line)\n"
_WORKERS = {
    "bitwuzla": "import bitwuzla as b\n"
    + _READ
    + "    parser = b.Parser(b.TermManager(), b.Options())\n"
    "    parser.parse(text, True, False)\n"
    "    print(parser.bitwuzla().check_sat() == b.Result.UNSAT, flush=True)\n",
    "z3": "import z3\n" + _READ + "    solver = z3.SolverFor('QF_BV')\n"
    "    solver.from_string(text)\n"
    "    print(solver.check() == z3.unsat, flush=True)\n",
}
_DISTRIBUTIONS = {"bitwuzla": "bitwuzla", "z3": "z3-solver"}


def installed() -> Mapping[str, str]:
    """The solvers that this interpreter can import, the preferred one first, and their versions."""
    return {name: _version(name) for name in _WORKERS if find_spec(name)}


def _version(name: str) -> str:
    try:
        return metadata.version(_DISTRIBUTIONS[name])
    except metadata.PackageNotFoundError:
        return "of unknown version"


def preferred() -> "Solver | None":
    """The first solver that is installed."""
    return next((Solver(name, number) for name, number in installed().items()), None)


class Solver:
    """Answers whether an SMT-LIB script has no model; remembers what it was asked."""

    def __init__(self, name: str, version: str = "") -> None:
        self.name, self.version = name, version
        self._answers: dict[str, bool] = {}
        self._left = SECONDS_IN_ALL
        self._worker: Child | None = None
        self._open = ExitStack()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def questions(self) -> int:
        """How many different scripts were put."""
        return len(self._answers)

    def unsat(self, script: str) -> bool:
        """Whether the solver says so in time."""
        if script not in self._answers:
            if self.questions == MAX_QUESTIONS or self._left <= 0:
                return False
            start = time.monotonic()
            self._answers[script] = self._ask(script)
            self._left -= time.monotonic() - start
        return self._answers[script]

    def _ask(self, script: str) -> bool:
        if self._worker is None:
            command = [*INSTALLED, "-c", _WORKERS[self.name]]
            self._worker = self._open.enter_context(started(command))
        asked, answers = self._worker.stdin, self._worker.stdout
        if asked is None or answers is None:
            return False
        try:
            asked.write(json.dumps(script).encode("ascii") + b"\n")
            asked.flush()
            ready = select.select([answers], [], [], SECONDS)[0]
        except OSError:
            ready = []
        line = answers.readline() if ready else b""
        if line not in (b"True\n", b"False\n"):  # too late, or it died
            self.close()
        return line == b"True\n"

    def close(self) -> None:
        """Kill the worker if there is one."""
        self._open.close()
        self._worker = None
