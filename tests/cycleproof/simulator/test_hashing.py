"""The hash the other way round: from its end, and from each of its stages."""

from hypothesis import given
from hypothesis import strategies as st

from cycleproof.capture.problem import myhash_traced
from cycleproof.simulator.hashing import STAGES, unhash32
from frozen.problem import hash32

WORDS = st.integers(0, 2**32 - 1)


@given(WORDS)
def test_unhash_inverts_the_hash(word: int) -> None:
    assert hash32(unhash32(word)) == word
    assert unhash32(hash32(word)) == word


@given(WORDS)
def test_unhash_inverts_the_first_stages(word: int) -> None:
    after: dict[tuple[int, int, str, int], int] = {}
    myhash_traced(word, after, 0, 0)
    assert unhash32(word, 0) == word
    for stage in range(STAGES):
        assert unhash32(after[0, 0, "hash_stage", stage], stage + 1) == word
