"""Lookups under any start index: a table is read as the image if all its words are the image's."""

from collections.abc import Callable

import pytest

from cycleproof.base.statement import Statement
from frozen.problem import FOREST_P

from .equations import SHAPE, Apply, Lookup, Table

Change = Callable[[Table, list[int]], None]
AWAY = 100  # from where the tree stood to a copy of it


def as_node(change: Change, away: int = 0) -> bool | None:
    """Whether a lookup by the start index in a table of the tree is the first round's node value.

    ``change`` is given the table of expressions and the numbers of the tree's words, to change.
    """
    t = Table(SHAPE, Statement("any"))
    words = [t("m", FOREST_P + node) for node in range(SHAPE.n_nodes)]
    change(t, words)
    pairs = [(FOREST_P + away + node, t.ref(word)) for node, word in enumerate(words)]
    address = Apply("+", (t.ref(t("I", 0)), FOREST_P + away))
    return t.settle(Lookup(address, tuple(pairs)), t.ref(t("N", 0)))


def exchanged(t: Table, words: list[int]) -> None:
    words[1], words[2] = words[2], words[1]


def one_more_on_one_word(t: Table, words: list[int]) -> None:
    """No sample meets it."""
    words[5] = t("+", words[5], t("==", words[5], t(0x2468ACE)))


def from_elsewhere(t: Table, words: list[int]) -> None:
    words[5] = t("m", FOREST_P)


def a_constant(t: Table, words: list[int]) -> None:
    words[0] = t(7)


def the_next_word_everywhere(t: Table, words: list[int]) -> None:
    words[:-1] = words[1:]


@pytest.mark.parametrize("away", [0, AWAY])
def test_a_table_of_the_image_is_read_as_the_image_wherever_it_stands(away: int) -> None:
    assert as_node(lambda *_: None, away) is True


@pytest.mark.parametrize("away", [0, AWAY])
@pytest.mark.parametrize(
    "change",
    [exchanged, one_more_on_one_word, from_elsewhere, a_constant, the_next_word_everywhere],
)
def test_a_table_with_another_word_in_it_is_not(change: Change, away: int) -> None:
    assert as_node(change, away) is not True
