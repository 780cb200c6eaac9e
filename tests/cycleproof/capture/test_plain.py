"""Plain data out of a stranger's objects: what is exotic passes, what can lie does not."""

import collections
import enum
import json
from typing import Any, NoReturn

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.capture.plain import Unusable, plain
from tests.support.programs import random_program, seeded

Named = collections.namedtuple("Named", "op dest a b")


class Register(enum.IntEnum):
    SUM = 4


class Name(enum.StrEnum):
    ADD = "+"


class Limited(list[Any]):
    """Checks what is put in: that lies to nobody."""

    def append(self, item: Any) -> None:
        if len(self) == 12:
            raise ValueError("full")
        super().append(item)


class Bundle(dict[str, Any]):
    def __setitem__(self, engine: str, slots: Any) -> None:
        super().__setitem__(str(engine), slots)

    def __repr__(self) -> str:
        return "a bundle"

    @property
    def size(self) -> int:
        return sum(map(len, self.values()))


class Word(int):
    """A number that shows itself by a name."""

    def __str__(self) -> str:
        return f"w{int(self)}"


PLAIN = [{"alu": [["+", 4, 0, 1]]}]


@pytest.mark.parametrize(
    "program",
    [
        [{"alu": [("+", 4, 0, 1)]}],
        ({"alu": (("+", 4, 0, 1),)},),
        [{"alu": [Named("+", 4, 0, 1)]}],
        [collections.defaultdict(list, alu=[("+", 4, 0, 1)])],
        [collections.OrderedDict(alu=[("+", 4, 0, 1)])],
        Limited([{"alu": Limited([("+", 4, 0, 1)])}]),
        [Bundle(alu=[("+", 4, 0, 1)])],
        [{"alu": [(Name.ADD, Register.SUM, 0, 1)]}],
        [{"alu": [("+", Word(4), numpy.int64(0), numpy.uint8(1))]}],
        [{"alu": [("+", *numpy.array([4, 0, 1]))]}],
    ],
)
def test_what_is_harmless_becomes_plain(program: Any) -> None:
    made = plain(program)
    assert made == PLAIN
    assert json.dumps(made) == json.dumps(PLAIN)
    assert {type(operand) for operand in made[0]["alu"][0][1:]} == {int}


def test_debug_slots_are_never_read() -> None:
    class Bomb:
        def __getattribute__(self, name: str) -> NoReturn:
            raise RuntimeError

    program = [{"debug": [Bomb(), ("compare", 3, (0, 1, "val"))]}]
    assert plain(program) == [{"debug": [["comment"], ["comment"]]}]


def test_constants_are_words_and_negative_ones_stay() -> None:
    program = [{"load": [("const", 0, -5), ("const", 1, (1 << 40) + 3)]}]
    assert plain(program) == [{"load": [["const", 0, -5], ["const", 1, 3]]}]


def lying(base: type, name: str) -> type:
    return type("Liar", (base,), {name: lambda *_: None, "__hash__": base.__hash__})


LIES = [
    *((dict, name) for name in ("keys", "values", "items", "__iter__", "__len__", "get")),
    *((list, name) for name in ("__len__", "__iter__", "__getitem__", "__eq__", "__bool__")),
    *((tuple, name) for name in ("__len__", "__iter__", "__getitem__", "__ne__", "index")),
    *((str, name) for name in ("__eq__", "__ne__", "__str__", "upper", "encode")),
    *((int, name) for name in ("__index__", "__int__", "__add__", "__lt__", "__bool__")),
]


@pytest.mark.parametrize(("base", "name"), LIES)
def test_what_overrides_its_reading_is_refused(base: type, name: str) -> None:
    liar = lying(base, name)
    program = {
        dict: lambda: [liar(alu=[("+", 4, 0, 1)])],
        list: lambda: [{"alu": liar([("+", 4, 0, 1)])}],
        tuple: lambda: [{"alu": [liar(("+", 4, 0, 1))]}],
        str: lambda: [{"alu": [(liar("+"), 4, 0, 1)]}],
        int: lambda: [{"alu": [("+", liar(4), 0, 1)]}],
    }[base]()
    with pytest.raises(Unusable, match=f"a {base.__name__} that overrides {name};"):
        plain(program)


def test_a_lie_further_up_the_family_is_found() -> None:
    Child = type("Child", (lying(dict, "items"),), {})  # noqa: N806 - a class

    with pytest.raises(Unusable, match="overrides items"):
        plain([Child()])


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (None, "instrs: expected a list, got NoneType"),
        ("", "instrs: expected a list, got str"),
        (iter(()), "instrs: expected a list"),
        (numpy.zeros(3, dtype=int), "instrs: expected a list, got ndarray"),
        ([[]], "bundle 0: expected a dict of engines, got list"),
        ([{}, {3: []}], "bundle 1: expected a name, got int"),
        ([{"alu": {}}], "bundle 0, alu: expected a list, got dict"),
        ([{"alu": ["+"]}], "bundle 0, alu slot 0: expected a list, got str"),
        ([{"alu": [()]}], "bundle 0, alu slot 0: an empty slot"),
        ([{"alu": [(b"+", 0, 0, 0)]}], "alu slot 0, op: expected a name, got bytes"),
        ([{"alu": [("+", 1.0, 0, 0)]}], "operand 1: expected an integer, got float"),
        ([{"alu": [("+", 0, True, 0)]}], "operand 2: expected an integer, got bool"),
        ([{"alu": [("+", numpy.bool_(1), 0, 0)]}], "operand 1: expected an integer, got bool"),
        ([{"alu": [("+", numpy.float64(1), 0, 0)]}], "operand 1: expected an integer, got float"),
        ([{"alu": [("+", 0, 0, None)]}], "operand 3: expected an integer, got NoneType"),
        ([{"alu": [("+", 0, 0, "1")]}], "operand 3: expected an integer, got str"),
        ([{"flow": [("add_imm", 0, 0, 10**5000)]}], "operand 3: an integer that does not fit"),
        ([{"flow": [("add_imm", 0, 0, -(2**32) - 1)]}], "operand 3: an integer that does not fit"),
    ],
)
def test_what_is_no_program_is_refused(program: Any, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        plain(program)


def test_an_engine_that_stands_twice_is_refused() -> None:
    class Other(str):
        """Equal text, another key: what a str with another hash can do to a dict."""

        __slots__ = ()
        __hash__ = object.__hash__

    with pytest.raises(Unusable, match="overrides __hash__"):
        plain([{"alu": [], Other("alu"): []}])


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_a_plain_program_is_itself(seed: int) -> None:
    program = random_program(seeded(seed))
    assert plain(program) == program
