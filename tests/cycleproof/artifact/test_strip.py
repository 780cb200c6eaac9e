"""Stripping keeps what a program computes and takes away what it should not ship."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.artifact.strip import strip
from cycleproof.base.errors import Unreadable
from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import Program
from tests.support.programs import ALL_OPS, Bundles, random_image, random_program, seeded


def cluttered(draw: random.Random) -> Bundles:
    """A random program with pauses, debug slots and empty bundles strewn in."""
    program = random_program(draw, ALL_OPS)
    for bundle in program:
        kind = draw.random()
        if kind < 0.2:
            bundle.clear()
        elif kind < 0.4:
            bundle["debug"] = [["comment", "here"]]
        if kind < 0.3 and "flow" not in bundle:
            bundle["flow"] = draw.choice(([["pause"]], [], [["trace_write", 3]]))
    return program


def outcome(program: Program, image: list[int]) -> list[int] | str:
    try:
        return Machine(program).run(image, 2000).memory
    except Fault as fault:
        return "fuel" if "fuel" in str(fault) else str(fault).partition(": ")[2]


@pytest.mark.slow
@given(st.integers(0, 2**32))
@settings(max_examples=300)
def test_stripped_and_unstripped_compute_the_same_memory(seed: int) -> None:
    draw = seeded(seed)
    program, image = cluttered(draw), random_image(draw)
    try:
        stripped = strip(program).program
    except Unreadable as error:
        if "cond_jump_rel leaves the program" not in str(error):
            raise
        return
    before, after = outcome(program, image), outcome(stripped, image)
    if "jump to" in before:  # out of the program, by a number that stripping renumbers
        return
    assert after == before
    for bundle in stripped:
        assert bundle
        assert "debug" not in bundle
        for slots in bundle.values():
            assert slots
            assert not {slot[0] for slot in slots} & {"pause", "trace_write"}


def test_jumps_are_retargeted() -> None:
    program: Program = [
        {},
        {"flow": [["jump", 3]]},
        {"flow": [["pause"]]},
        {"debug": [["comment"]]},
        {"flow": [["cond_jump_rel", 0, -4]]},
        {"flow": [["cond_jump", 0, 2]]},
        {"flow": [["jump", 8]]},
        {},
    ]
    stripped = strip(program)
    assert stripped.program == [
        {"flow": [["jump", 1]]},
        {"flow": [["cond_jump_rel", 0, -2]]},
        {"flow": [["cond_jump", 0, 1]]},
        {"flow": [["jump", 4]]},
    ]
    assert (stripped.bundles_removed, stripped.slots_removed) == (4, 2)


def test_negative_constants_become_words() -> None:
    assert strip([{"load": [["const", 0, -1]]}]).program == [{"load": [["const", 0, 2**32 - 1]]}]


def test_the_program_given_is_not_changed() -> None:
    program: Program = [{}, {"flow": [["jump", 0]]}, {"load": [["const", 0, -1]]}]
    strip(program)
    assert program == [{}, {"flow": [["jump", 0]]}, {"load": [["const", 0, -1]]}]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ([{}, {"flow": [["cond_jump_rel", 0, 7]]}], "bundle 1: cond_jump_rel leaves"),
        ([{"alu": [["+", 0]]}], "program: bundle 0, alu slot 0"),
    ],
)
def test_what_cannot_be_stripped_is_refused(program: Program, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        strip(program)


def test_jump_indirect_stays_where_nothing_is_stripped() -> None:
    program: Program = [{"flow": [["jump_indirect", 0]]}]
    assert strip(program).program == program


def test_nothing_moves_beside_jump_indirect() -> None:
    program: Program = [
        {"load": [["const", 0, 3]]},
        {"flow": [["pause"]], "debug": [["comment"]]},
        {"flow": [["jump_indirect", 0]]},
        {},
    ]
    stripped = strip(program)
    assert stripped.program == [
        {"load": [["const", 0, 3]]},
        {"flow": [["jump", 2]]},
        {"flow": [["jump_indirect", 0]]},
        {"flow": [["jump", 4]]},
    ]
    assert (stripped.bundles_removed, stripped.bundles_filled) == (0, 2)
