"""Reading a program out of a stranger's objects as plain JSON values, past every override.

Handed over as text to the child that runs a generator; imports nothing of ours. Containers are
read by the methods of the real base class, never by what a subclass puts over them. What is exotic
and harmless becomes plain: tuple and list subclasses, named tuples, ``defaultdict``, enumerations,
integers of numpy. What could answer one reader this way and the next one that way is refused.

This names a lie; it is not what stops one. Whatever leaves the child is bytes, and judged as such.
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
# Compared by identity alone: a metaclass answers == and hash() as it likes.
_TRUSTED = (*_READERS, object, collections.defaultdict, collections.OrderedDict, *_ENUMS)
# Through the slots of `type` itself: a metaclass can put anything over `cls.__mro__`.
_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_vars: Callable[[type], dict[str, Any]] = type.__dict__["__dict__"].__get__
_name: Callable[[type], str] = type.__dict__["__name__"].__get__
_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__


class Refused(Exception):
    """The program is not plain data: where and why."""


def _genuine(value: Any, base: type, at: str) -> bool:
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
            borrowed = any(_vars(each).get(name) is member for each in _ENUMS)
            if name in _READERS[base] and not borrowed:
                raise Refused(
                    f"{at}: {_name(cls):.60} is a {base.__name__} that overrides {name};"
                    " what it shows need not be what it holds"
                )
    return True


def _items(value: Any, at: str) -> Iterator[Any]:
    """The items of a list or tuple, read by the base class."""
    if _genuine(value, list, at):
        return list.__iter__(value)
    if _genuine(value, tuple, at):
        return tuple.__iter__(value)
    raise Refused(f"{at}: expected a list, got {_name(type(value)):.60}")


def _text(value: Any, at: str) -> str:
    if not _genuine(value, str, at):
        raise Refused(f"{at}: expected a name, got {_name(type(value)):.60}")
    return str.__str__(value)


def _integer(value: Any, at: str) -> int:
    cls = type(value)
    if cls is int:
        return value  # type: ignore[no-any-return]
    if cls is bool or (_flags(cls) & _HEAP and not any(each is int for each in _mro(cls))):
        raise Refused(f"{at}: expected an integer, got {_name(cls):.60}")
    if _genuine(value, int, at):
        return int.__add__(value, 0)
    try:
        return operator.index(value)  # of a compiled type, such as numpy's integers
    except TypeError:
        raise Refused(f"{at}: expected an integer, got {_name(cls):.60}") from None


def _slot(value: Any, at: str) -> list[str | int]:
    parts = list(_items(value, at))
    if not parts:
        raise Refused(f"{at}: an empty slot")
    name = _text(parts[0], f"{at}, op")
    operands = [_integer(part, f"{at}, operand {n}") for n, part in enumerate(parts[1:], 1)]
    if name == "const" and len(operands) == 2:
        operands[1] = operands[1] if -MASK <= operands[1] <= MASK else operands[1] & MASK
    for n, operand in enumerate(operands, 1):
        if not -MASK - 1 <= operand <= MASK:
            raise Refused(f"{at}, operand {n}: an integer that does not fit in 32 bits")
    return [name, *operands]


def _bundle(value: Any, at: str) -> dict[str, list[list[str | int]]]:
    if not _genuine(value, dict, at):
        raise Refused(f"{at}: expected a dict of engines, got {_name(type(value)):.60}")
    engines: dict[str, list[list[str | int]]] = {}
    for key, slots in dict.items(value):
        engine = _text(key, at)
        inside = f"{at}, {engine[:20]}"
        if engine in engines:
            raise Refused(f"{inside}: the engine stands twice in one bundle")
        rows = list(_items(slots, inside))
        if engine == "debug":  # its slots hold anything and never ship
            engines[engine] = [["comment"] for _ in rows]
        else:
            engines[engine] = [_slot(row, f"{inside} slot {n}") for n, row in enumerate(rows)]
    return engines


def plain(instrs: Any) -> list[dict[str, list[list[str | int]]]]:
    """The program as plain lists, dicts, strings and integers. Raises ``Refused``."""
    return [_bundle(value, f"bundle {n}") for n, value in enumerate(_items(instrs, "instrs"))]
