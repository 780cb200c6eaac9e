"""Audits of kernels that no recipe builds: jumps that depend on data, ops spelled otherwise."""

import pytest

from cycleproof.audit import Question, audit, put
from cycleproof.audit.definitions import candidates
from cycleproof.checker import ACCEPTED, check_with_facts
from cycleproof.checker.obligations import Membership
from cycleproof.proof import prove
from frozen.artifact import Artifact
from frozen.problem import Shape
from tests.support.artifacts import artifact
from tests.support.kernels.forks import Paired, Tables, load_by_table
from tests.support.kernels.spellings import (
    Respelled,
    bit_by_comparison,
    sum_as_or_less_xor,
    xor_by_complements,
)

pytest.importorskip("bitwuzla")
pytest.importorskip("cvc5")

KERNELS = {
    "a jump for each lane": Tables(Shape(2, 3, 1), load_by_table),
    "a jump for two lanes": Paired(Shape(2, 2, 2)),
    "respelled": Respelled(
        Shape(2, 2, 1), [xor_by_complements, sum_as_or_less_xor, bit_by_comparison]
    ),
}


Proved = dict[str, tuple[Artifact, bytes]]


@pytest.fixture(scope="module")
def proved() -> Proved:
    """Each kernel with its certificate."""
    subjects = {name: artifact(one.build(), one.shape) for name, one in KERNELS.items()}
    return {name: (one, prove(one, certificate=True).certificate) for name, one in subjects.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", KERNELS)
def test_a_right_kernel_is_accepted_with_nothing_closed_by_rules(name: str, proved: Proved) -> None:
    result = audit(*proved[name])
    assert (result.verdict, result.reason, result.closed_by_rules) == (ACCEPTED, "", 0)
    assert sum(result.closed.values()) == result.facts > 40


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in KERNELS if "jump" in name])
def test_a_jump_to_a_handler_that_is_not_listed_is_refused(name: str, proved: Proved) -> None:
    _, obligations = check_with_facts(*proved[name])
    jumps = [
        fact
        for fact, place in obligations.established()
        if isinstance(fact, Membership) and "jump_indirect" in place
    ]
    assert max(len(fact.words) for fact in jumps) >= 4
    fewer = [fact._replace(words=fact.words[1:]) for fact in jumps]
    fewer += [fact._replace(words=fact.words[:-1]) for fact in jumps]
    asked = [candidates(obligations.reference, fact) for fact in [*jumps, *fewer]]
    closed = [answer.closed for answer in put([Question("", scripts) for scripts in asked])]
    assert closed == [True] * len(jumps) + [False] * len(fewer)
