"""The drawings of the kernel page show what is there."""

from itertools import count
from xml.etree import ElementTree

import pytest

from docs.pictures import PICTURES, flow, shipped, strips, tables, walks
from frozen.ops import VLEN
from frozen.problem import JUDGED
from solution.graph import forked
from solution.graph import tables as records


def forked_tables() -> tuple[forked.Forked, forked.Forked]:
    outer, inner, _ = forked.tables(JUDGED.indices_p, records.plain(forked.LINEAR, 0))
    return outer, inner


@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_is_well_formed_and_says_what_it_shows(name: str) -> None:
    root = ElementTree.fromstring(PICTURES[name]())
    assert root.get("aria-label")
    assert any(each.tag.endswith("path") for each in root)


def test_the_flow_has_every_check() -> None:
    assert flow.unplaced() == set()


def test_each_text_of_the_flow_ends_within_the_sheet_and_before_the_next() -> None:
    root = ElementTree.fromstring(flow.draw())
    texts = [e for e in root.iter() if e.tag.endswith("text") and e.text]
    assert len(texts) > 20
    for text in texts:
        start, line = float(text.get("x", "")), text.get("y")
        later = [float(e.get("x", "")) for e in texts if e.get("y") == line]
        limit = min((x for x in later if x > start), default=float(flow.WIDTH))
        assert start + 7.3 * len(text.text or "") < limit - 12, text.text


def test_a_landing_lane_overwrites_its_neighbours_junk_only() -> None:
    outer, inner = forked_tables()
    kept = strips.strip(strips.record(inner), 4)
    assert len(kept) == 4 * VLEN
    assert kept[4 * 5 + inner.pointer] == (5, strips.POINTER)
    close = strips.strip(strips.record(outer), 2)  # the next lane lands on the node
    assert close[2 * 7 + outer.node] == (7, strips.NODE)
    assert [what for lane, what in close.values() if lane < 7].count(strips.NODE) == 0


def test_a_word_under_a_later_window_is_gone() -> None:
    assert strips.strip({5: "x"}, 2) == {2 * 7 + 5: (7, "x")}


def test_records_in_the_drawing_are_those_in_memory() -> None:
    for table in forked_tables():
        places = tables.places(table)
        assert len(places) == 1 << table.level
        for node, at in places.items():
            assert table.image()[at + table.child1] == 2 * node + 1


@pytest.mark.slow
def test_every_group_walks_all_ways_in_order() -> None:
    found = walks.stages()
    assert sorted(found) == list(range(JUDGED.batch_size // VLEN))
    ways = ["select", "three", "five", "seven", "nine", "ten", "select", "three"]
    for walk in found.values():
        assert [colour for _, colour in walk] == ways
        assert walk == sorted(walk, key=lambda stretch: stretch[0])


@pytest.mark.slow
def test_an_artifact_of_another_build_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    other = count()
    monkeypatch.setattr(shipped, "digest", lambda program: str(next(other)))
    with pytest.raises(SystemExit, match="not what recipe best builds"):
        shipped.shipped.__wrapped__()
