"""The options of a recipe for this compiler, read strictly."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import BadRecipe
from .chains import CHAINS

SHARE = 32  # mixes count groups out of this many


class Options(NamedTuple):
    """What a recipe chooses. Mixes are counts of groups out of ``SHARE``, spread evenly."""

    select: int = 2
    """The last level whose nodes are selected from scratch."""
    pairs: tuple[int, ...] = ()
    """First levels of the record tables: ``select + 1``, then every second level."""
    nested: bool = False
    """The first two tables lie in one another."""
    forked: bool = False
    """The first two tables lie forked in one another, and the second points into the third."""
    third: int = 0
    """Groups out of ``SHARE`` that take the third pair strided, where the tables are forked."""
    stored: int = 0
    """From this round on, constants first used there come by way of memory (0: none do)."""
    chained: tuple[int, ...] = ()
    """Constants whose vectors are made from other vectors, not broadcast; see ``chains``."""
    scalar: Mapping[int, int] = {}
    """First level of a pair -> groups that take it by scalar lanes, not through a buffer."""
    strided: bool = False
    """The last pair of a walk leaves its children interleaved."""
    late: int = 0
    """Groups, the last ones, that take the last pair by scalar lanes: +1 vector op, two cycles
    sooner at the end, where nothing else can fill the load engine."""
    flow: Mapping[int, int] = {}
    """Level -> groups whose address takes its last two bits by selections on flow.

    Level 0 means the final index."""
    offset: int = 6
    """Words between a window's start and the node on the first raw level."""
    indices: bool = False
    """Write the final indices, too."""
    buffer_count: int = 3
    """Store buffers of eight words in memory."""
    reserve: int = 12
    """Blocks of scratch that must be free before a group starts."""
    stagger: int = 100
    """How long a group's walk lasts, in percent of its critical path."""
    justify: int = 0
    """Rounds of forward/backward justification."""
    blur: int = 0
    """Noise added to the keys between those rounds: less than this many key units."""
    seed: int = 1
    """The seed of that noise."""
    hints: str = ""
    """The file beside the recipe that holds the search's keys."""


_MIXES = ("scalar", "flow")


def parse(options: Mapping[str, Any]) -> Options:
    """Options from a recipe's table. Raises ``BadRecipe``, naming the option."""
    defaults = Options()
    for key, value in options.items():
        if key not in Options._fields:
            known = ", ".join(Options._fields)
            raise BadRecipe(f"option {key!r} is unknown; there are: {known}")
        expected = type(getattr(defaults, key))
        actual = tuple if isinstance(value, list) else type(value)
        if actual is not expected:
            raise BadRecipe(f"option {key}: expected {expected.__name__}, got {value!r}")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in options.items()
    }
    for key in _MIXES:
        try:
            values[key] = {int(level): count for level, count in options.get(key, {}).items()}
        except ValueError:
            raise BadRecipe(f"option {key}: keys are levels, got {options[key]!r}") from None
        for level, count in values[key].items():
            if type(count) is not int or not 0 <= count <= SHARE:
                raise BadRecipe(f"option {key}.{level}: expected 0..{SHARE}, got {count!r}")
    result = Options(**values)
    pairs = tuple(range(result.select + 1, result.select + 1 + 2 * len(result.pairs), 2))
    if result.pairs != pairs:
        raise BadRecipe(f"option pairs: after select = {result.select} comes {list(pairs)}")
    if result.nested and len(result.pairs) < 2:
        raise BadRecipe("option nested: needs two pairs")
    if result.forked and (len(result.pairs) != 3 or result.select != 2 or result.nested):
        raise BadRecipe("option forked: needs select = 2 and three pairs, not nested")
    if not 0 <= result.third <= SHARE or result.stored < 0:
        raise BadRecipe(f"options third, stored: expected 0..{SHARE} and 0 or more")
    for value in result.chained:
        if type(value) is not int or value not in CHAINS:
            known = ", ".join(str(each) for each in CHAINS)
            raise BadRecipe(f"option chained: no chain makes {value!r}; there are: {known}")
    if not 0 <= result.select <= 4:
        raise BadRecipe(f"option select: expected 0..4, got {result.select}")
    if result.late < 0:
        raise BadRecipe(f"option late: expected 0 or more groups, got {result.late}")
    if not 0 <= result.offset < 8:
        raise BadRecipe(f"option offset: expected 0..7, got {result.offset}")
    if result.stagger < 100 or min(result.buffer_count, result.reserve) < 1 or result.justify < 0:
        raise BadRecipe("options stagger, buffer_count, reserve, justify: at least 100, 1, 1, 0")
    return result


def chosen(count: int, group: int, groups: int) -> bool:
    """Whether ``group`` is among the ``count`` of ``SHARE``, spread evenly over ``groups``."""
    return (group + 1) * count * groups // (SHARE * groups) != group * count // SHARE
