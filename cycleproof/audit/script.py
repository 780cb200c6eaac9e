"""A question to a solver: SMT-LIB 2 text, whoever writes it."""

import re
from typing import NamedTuple

from .smtlib import WORD

HEAD = f"(set-logic QF_UFBV)\n(declare-fun m ({WORD}) {WORD})\n"

_DEFINED = re.compile(r"\((?:declare-const|define-fun) (\w+)")
_NAME = re.compile(r"(?<![#\w-])[A-Za-z]\w*")


class Script(NamedTuple):
    """A question to a solver: the fact holds if each of its cases is unsatisfiable.

    ``cases`` are assertions on top of what ``base`` declares and defines.
    """

    base: str
    cases: tuple[str, ...]

    @property
    def text(self) -> str:
        """The SMT-LIB 2 file: one ``check-sat`` a case."""
        if len(self.cases) == 1:
            return f"{self.base}(assert {self.cases[0]})\n(check-sat)\n"
        return self.base + "".join(
            f"(push 1)\n(assert {case})\n(check-sat)\n(pop 1)\n" for case in self.cases
        )

    @property
    def anonymous(self) -> "Script":
        """The script under names that tell no lane and no round, so that many facts share one."""
        names = {name: f"w{at}" for at, name in enumerate(_DEFINED.findall(self.base))}

        def renamed(text: str) -> str:
            return _NAME.sub(lambda word: names.get(word[0], word[0]), text)

        return Script(renamed(self.base), tuple(map(renamed, self.cases)))
