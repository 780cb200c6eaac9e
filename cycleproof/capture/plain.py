"""Reading a program out of a stranger's objects as plain JSON values, past every override.

Handed over as text to the child that runs a generator; imports nothing of ours. Containers are
read by the methods of the real base class, never by what a subclass puts over them. What is exotic
and harmless becomes plain: tuple and list subclasses, named tuples, ``defaultdict``, enumerations,
integers of numpy. What could answer one reader this way and the next one that way is refused.

This only gives an early, readable error. Safety rests on the child's output being plain bytes.
"""

import collections
import enum
import operator
from collections.abc import Callable, Iterator
from typing import Any

MASK = 0xFFFFFFFF
_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: set on every type that a `class` statement makes

# How a container is read. Overriding what writes to it (append, __setitem__) lies to nobody.
_READS = """
    __len__ __iter__ __getitem__ __contains__ __reversed__ __bool__ __length_hint__ __hash__
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __getattribute__ __class__
    keys values items get copy index count
"""
# How a number or a string is made, shown and stored, which is not how it is read.
_SHOWS = """
    __new__ __init__ __doc__ __repr__ __dir__ __reduce__ __reduce_ex__ __getnewargs__ __getstate__
    __sizeof__ __setattr__ __delattr__ __init_subclass__ __subclasshook__
"""
_READERS: dict[type, frozenset[str]] = {
    dict: frozenset(_READS.split()),
    list: frozenset(_READS.split()),
    tuple: frozenset(_READS.split()),
    int: frozenset(dir(int)).difference(_SHOWS.split(), ["__str__", "__format__"]),
    str: frozenset(dir(str)).difference(_SHOWS.split()),
}
_ENUMS = (enum.Enum, enum.IntEnum, enum.StrEnum, enum.ReprEnum, enum.Flag, enum.IntFlag)
# Compared only by identity: a metaclass answers == and hash() as it likes.
_TRUSTED = (*_READERS, object, collections.defaultdict, collections.OrderedDict, *_ENUMS)
# Through the slots of `type` itself: a metaclass can put anything over `cls.__mro__`.
_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_vars: Callable[[type], dict[str, Any]] = type.__dict__["__dict__"].__get__
_name: Callable[[type], str] = type.__dict__["__name__"].__get__
_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__


class Unusable(Exception):
    """The program is not plain data: where and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.places: list[str] = []

    def within(self, place: str) -> "Unusable":
        """Note that the fault lies inside ``place``; returns itself."""
        self.places.insert(0, place)
        return self

    def __str__(self) -> str:
        return ": ".join(filter(None, (", ".join(self.places), str(self.args[0]))))


def _genuine(value: Any, base: type) -> bool:
    """Whether ``value`` is a ``base``; refuses a subclass that changes how it is read."""
    cls = type(value)
    if cls is base:
        return True
    if not any(each is base for each in _mro(cls)):
        return False
    for each in _mro(cls):
        if each is base:
            break
        if any(each is trusted for trusted in _TRUSTED):
            continue
        for name, member in _vars(each).items():
            borrowed = any(_vars(own).get(name) is member for own in (base, *_ENUMS))
            if name in _READERS[base] and not borrowed:
                raise Unusable(
                    f"{_name(cls):.60} is a {base.__name__} that overrides {name};"
                    " what it shows need not be what it holds"
                )
    return True


def _items(value: Any) -> Iterator[Any]:
    """The items of a list or tuple, read by the base class."""
    if _genuine(value, list):
        return list.__iter__(value)
    if _genuine(value, tuple):
        return tuple.__iter__(value)
    raise Unusable(f"expected a list, got {_name(type(value)):.60}")


def _text(value: Any) -> str:
    if not _genuine(value, str):
        raise Unusable(f"expected a name, got {_name(type(value)):.60}")
    return str.__str__(value)


def _integer(value: Any) -> int:
    cls = type(value)
    if cls is int:
        return value  # type: ignore[no-any-return]
    number = any(each is int for each in _mro(cls))
    if cls is bool or (_flags(cls) & _HEAP and not number):
        raise Unusable(f"expected an integer, got {_name(cls):.60}")
    if number and _genuine(value, int):
        return int.__add__(value, 0)
    try:
        return operator.index(value)  # of a compiled type, such as numpy's integers
    except TypeError:
        raise Unusable(f"expected an integer, got {_name(cls):.60}") from None


def _slot(value: Any) -> list[str | int]:
    slot: list[Any] = list(_items(value))
    if not slot:
        raise Unusable("an empty slot")
    n = 0
    try:
        slot[0] = _text(slot[0])
        for n in range(1, len(slot)):
            operand = slot[n] = _integer(slot[n])
            if not -MASK - 1 <= operand <= MASK:
                if slot[0] != "const":
                    raise Unusable("an integer that does not fit in 32 bits")
                slot[n] = operand & MASK  # what the op makes of it anyway
    except Unusable as error:
        raise error.within(f"operand {n}" if n else "op") from None
    return slot


def _slots(engine: str, value: Iterator[Any]) -> list[list[str | int]]:
    if engine == "debug":  # its slots hold anything and never ship
        return [["comment"] for _ in value]
    made: list[list[str | int]] = []
    for row in value:
        try:
            made.append(_slot(row))
        except Unusable as error:
            raise error.within(f"{engine:.20} slot {len(made)}") from None
    return made


def _bundle(value: Any) -> dict[str, list[list[str | int]]]:
    if not _genuine(value, dict):
        raise Unusable(f"expected a dict of engines, got {_name(type(value)):.60}")
    engines: dict[str, list[list[str | int]]] = {}
    for key, slots in dict.items(value):
        engine = _text(key)
        if engine in engines:
            raise Unusable(f"{engine:.20}: the engine stands twice in one bundle")
        try:
            rows = _items(slots)
        except Unusable as error:
            raise error.within(engine[:20]) from None
        engines[engine] = _slots(engine, rows)
    return engines


def plain(instrs: Any) -> list[dict[str, list[list[str | int]]]]:
    """The program as plain lists, dicts, strings and integers. Raises ``Unusable``."""
    try:
        bundles = list(_items(instrs))
    except Unusable as error:
        raise error.within("instrs") from None
    made: list[dict[str, list[list[str | int]]]] = []
    for value in bundles:
        try:
            made.append(_bundle(value))
        except Unusable as error:
            raise error.within(f"bundle {len(made)}") from None
    return made
