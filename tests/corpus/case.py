"""One hostile case: what is tried, how it must end. Every corpus is a list of these."""

from typing import NamedTuple


class Case(NamedTuple):
    """One thing that is tried. Its test runs it and holds the end against these fields."""

    attack: int  # row of ATTACKS in attacks.py; 0 for a control
    name: str  # unique in its corpus, and the id of the parametrised test
    tries: str  # one line: what it does and why someone would
    exit_code: int  # the documented end
    says: str  # a fragment of the message that names what was caught; "" if nothing is said
