"""A worker process that an SMT solver runs in: asked one small question after the other.

A worker that does not answer in time is killed, and the next question starts a new one. Its answers
are not trusted: the check of a certificate proves each equality anew.
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
_SAY = "    print(json.dumps(answer), flush=True)\n"
# Each answers a script: true if it has no model, else the constants' values in one, or null.
_WORKERS = {
    "bitwuzla": "import bitwuzla as b\n" + _READ + "    options = b.Options()\n"
    "    options.set(b.Option.PRODUCE_MODELS, True)\n"
    "    parser = b.Parser(b.TermManager(), options)\n"
    "    parser.parse(text, True, False)\n"
    "    solver = parser.bitwuzla()\n"
    "    found = solver.check_sat()\n"
    "    answer = True if found == b.Result.UNSAT else None\n"
    "    if found == b.Result.SAT:\n"
    "        words = [one for one in parser.get_declared_funs() if one.is_const()]\n"
    "        answer = {w.symbol(): int(solver.get_value(w).value(10)) for w in words}\n" + _SAY,
    "z3": "import z3\n" + _READ + "    solver = z3.SolverFor('QF_BV')\n"
    "    solver.from_string(text)\n"
    "    found = solver.check()\n"
    "    answer = True if found == z3.unsat else None\n"
    "    if found == z3.sat:\n"
    "        model = solver.model()\n"
    "        answer = {str(one): model[one].as_long() for one in model if not one.arity()}\n"
    + _SAY,
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


Answer = bool | dict[str, int] | None
"""True: no model. A model: the values of the script's constants. None: neither, in time."""


class Solver:
    """Answers whether an SMT-LIB script has a model, and which; remembers its answers.

    ``seconds``: for one question. ``seconds_in_all``: for all of them.
    """

    def __init__(
        self,
        name: str,
        version: str = "",
        seconds: float | None = None,
        seconds_in_all: float | None = None,
    ) -> None:
        self.name, self.version = name, version
        self.seconds = SECONDS if seconds is None else seconds
        self._answers: dict[str, Answer] = {}
        self._left = SECONDS_IN_ALL if seconds_in_all is None else seconds_in_all
        self._worker: Child | None = None
        self._open = ExitStack()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def hurried(self, seconds: float, seconds_in_all: float) -> "Solver":
        """The same solver in another worker, with other limits."""
        return Solver(self.name, self.version, seconds, seconds_in_all)

    @property
    def questions(self) -> int:
        """How many different scripts were put."""
        return len(self._answers)

    def unsat(self, script: str) -> bool:
        """Whether the solver says in time that there is no model."""
        return self._answer(script) is True

    def model(self, script: str) -> dict[str, int] | None:
        """A model, if the solver finds one in time: the values of the script's constants."""
        answer = self._answer(script)
        return answer if isinstance(answer, dict) else None

    def _answer(self, script: str) -> Answer:
        if script not in self._answers:
            if self.questions == MAX_QUESTIONS or self._left <= 0:
                return None
            start = time.monotonic()
            self._answers[script] = self._ask(script)
            self._left -= time.monotonic() - start
        return self._answers[script]

    def _ask(self, script: str) -> Answer:
        if self._worker is None:
            command = [*INSTALLED, "-c", _WORKERS[self.name]]
            self._worker = self._open.enter_context(started(command))
        asked, answers = self._worker.stdin, self._worker.stdout
        if asked is None or answers is None:
            return None
        try:
            asked.write(json.dumps(script).encode("ascii") + b"\n")
            asked.flush()
            ready = select.select([answers], [], [], self.seconds)[0]
        except OSError:
            ready = []
        line = answers.readline() if ready else b""
        try:
            answer: Answer = json.loads(line if line.endswith(b"\n") else b"")
        except ValueError:  # too late, or it died
            self.close()
            return None
        return answer

    def close(self) -> None:
        """Kill the worker if there is one."""
        self._open.close()
        self._worker = None
