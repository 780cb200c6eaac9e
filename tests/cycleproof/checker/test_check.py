"""The whole checker: right programs with honest certificates, and the ways of being wrong."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED, Result, check
from cycleproof.proof import prove
from frozen.artifact import Artifact
from frozen.errors import Malformed
from frozen.problem import Shape
from frozen.program import program_digest
from tests.support.certificates import certificate, program

from ...support.samples import artifact
from .annotate import annotate

SMALL = Shape(2, 4, 8)


@cache
def certified(recipe: str, shape: Shape) -> tuple[Artifact, bytes]:
    decoded = artifact(recipe, shape).decoded
    return decoded, annotate(shape, decoded.program)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [SMALL, Shape(1, 1, 1), Shape(3, 9, 3), Shape(4, 6, 16)], ids=str)
@pytest.mark.parametrize("recipe", ["baseline", "packed", "vector"])
def test_right_programs_are_accepted_without_a_solver(recipe: str, shape: Shape) -> None:
    decoded, data = certified(recipe, shape)
    result = check(decoded, data)
    assert (result.verdict, result.reason) == (ACCEPTED, "")
    assert (result.cycles, result.solver_queries) == (decoded.cycles, 0)
    assert result.distinct < result.writes


def test_the_wrap_is_followed() -> None:
    """Rounds past the leaves start again at the root; one round's shift in the nodes is caught."""
    decoded, data = certified("vector", Shape(2, 8, 8))
    assert check(decoded, data).verdict == ACCEPTED
    document = json.loads(data)
    nodes = [e for e in document["expressions"] if isinstance(e, list) and e[0] == "N" and e[1] > 3]
    assert nodes
    for entry in nodes:
        entry[1] -= 1
    assert check(decoded, json.dumps(document).encode()).verdict == REJECTED


def _swap(document: Any) -> None:
    document["rows"][5], document["rows"][6] = document["rows"][6], document["rows"][5]


TAMPERINGS: dict[str, Callable[[Any], Any]] = {
    "a row left out": lambda d: d["rows"].pop(),
    "a row twice": lambda d: d["rows"].insert(9, d["rows"][9]),
    "a row too many": lambda d: d["rows"].append([]),
    "an item left out": lambda d: d["rows"][3].pop(),
    "an item too many": lambda d: d["rows"][3].append(0),
    "two rows exchanged": _swap,
    "another digest": lambda d: d.update(program_sha256="0" * 64),
    "another shape": lambda d: d["problem"].update(rounds=5),
    "another count of cycles": lambda d: d.update(cycles=d["cycles"] - 1),
    "no claims at all": lambda d: d.update(rows=[[None] * len(row) for row in d["rows"]]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampered_certificates_are_rejected(name: str) -> None:
    decoded, data = certified("vector", SMALL)
    document = json.loads(data)
    TAMPERINGS[name](document)
    result = check(decoded, json.dumps(document).encode())
    assert (result.verdict, bool(result.reason)) == (REJECTED, True)


def test_a_wrong_program_cannot_borrow_a_good_certificate() -> None:
    """Even when the digest is brought into step."""
    decoded, data = certified("vector", SMALL)
    bundles = json.loads(json.dumps(decoded.program))
    slot = next(s for b in bundles for s in b.get("valu", []) if s[0] == ">>")
    slot[0] = "<<"
    wrong = decoded._replace(program=bundles, program_sha256=program_digest(bundles))
    assert "another program" in check(wrong, data).reason
    document = json.loads(data)
    document["program_sha256"] = program_digest(bundles)
    result = check(wrong, json.dumps(document).encode())
    assert result.verdict == REJECTED
    assert "bundle" in result.reason
    assert "valu slot" in result.reason


def test_a_false_claim_of_cycles_is_named() -> None:
    decoded, data = certified("vector", SMALL)
    result = check(decoded._replace(cycles=decoded.cycles - 1), data)
    assert result.verdict == REJECTED
    assert f"the artifact claims {decoded.cycles - 1} cycles" in result.reason


EXPRESSIONS = [0, ["V", 0, 6], ["Q", 0], ["N", 1], 9, 8, ["select", 2, 4, 5]]


def test_items_must_name_lanes_as_their_expressions_do() -> None:
    of = program({"load": [["const", 100, 9]]})
    for item in ([4, 0], 2, [2, 8], [2, -8], 99, -1, True, "4", [4], [[4]], 4.0, {}):
        data = certificate(of, [[item]], EXPRESSIONS)
        if item == 4.0:
            with pytest.raises(Malformed):
                check(of, data)
        else:
            assert "item" in check(of, data).reason
    assert "output of lane 0" in check(of, certificate(of, [[4]], EXPRESSIONS)).reason


def test_unknown_words_cannot_be_used() -> None:
    def refused(*bundles: dict[str, Any], rows: list[Any]) -> str:
        of = program(*bundles)
        result = check(of, certificate(of, rows, EXPRESSIONS))
        assert result.verdict == REJECTED
        return result.reason

    unknown = {"load": [["const", 9, 8]]}
    assert "nothing is known" in refused(unknown, {"alu": [["+", 1, 9, 9]]}, rows=[[None], [0]])
    assert "its address" in refused(unknown, {"load": [["load", 1, 9]]}, rows=[[None], [None]])
    assert "its address" in refused(unknown, {"store": [["store", 9, 1]]}, rows=[[None], []])
    assert "condition" in refused(unknown, {"flow": [["cond_jump", 9, 0]]}, rows=[[None], []])
    assert "target" in refused(unknown, {"flow": [["jump_indirect", 9]]}, rows=[[None], []])
    assert "divisor" in refused(unknown, {"alu": [["//", 1, 2, 9]]}, rows=[[None], [None]])
    read = refused({"load": [["const", 9, 30]]}, {"store": [["store", 9, 1]]}, rows=[[None], []])
    assert "its address" in read


def test_side_conditions() -> None:
    def reason(*bundles: dict[str, Any], rows: list[Any]) -> str:
        of = program(*bundles, shape=Shape(1, 2, 1))
        return check(of, certificate(of, rows, [0, 11, 12, 3, 4])).reason

    assert "can be 0" in reason({"alu": [["//", 1, 2, 3]]}, rows=[[0]])
    assert "can be 0" in reason({"valu": [["%", 8, 16, 24]]}, rows=[[0]])
    # 12 words of memory: the last is 11.
    assert "outside memory (0..11)" in reason(
        {"load": [["const", 1, 12]]}, {"load": [["load", 2, 1]]}, rows=[[2], [0]]
    )
    assert "outside memory" in reason(
        {"load": [["const", 1, 11]]}, {"load": [["vload", 8, 1]]}, rows=[[1], [None]]
    )
    assert "outside memory" in reason(
        {"load": [["const", 1, 11]]}, {"store": [["vstore", 1, 8]]}, rows=[[1], []]
    )
    assert "outside the program" in reason(
        {"load": [["const", 1, 4]]}, {"flow": [["jump_indirect", 1]]}, rows=[[4], []]
    )


@pytest.mark.parametrize(
    ("op", "constant", "said"),
    [
        ("|", 1, "output of lane 0"),  # the division is in order, and the next thing is wrong
        ("|", 1 << 31, "output of lane 0"),
        ("|", 0, "the divisor can be 0: on sample input"),
        ("^", 0x2468ACE, "the divisor may be 0, for all that is established"),
        ("&", 1, "the divisor can be 0"),
        ("<<", 31, "the divisor can be 0"),
        ("//", 1 << 20, "the divisor can be 0: on sample input"),
        ("//", 1 << 31, "the divisor can be 0"),
        (">>", 32, "the divisor can be 0"),
    ],
)
def test_divisors_by_their_values_or_bounds(op: str, constant: int, said: str) -> None:
    of = program(
        {"load": [["const", 1, 11]]},
        {"load": [["load", 2, 1], ["const", 3, constant]]},
        {"alu": [[op, 4, 2, 3]]},
        {"alu": [["//", 5, 2, 4]]},
        shape=Shape(1, 2, 1),
    )
    table = [11, ["V", -1, 6], constant, [op, 1, 2], ["//", 1, 3]]
    rows = [[0], [[1, 0], 2], [[3, 0]], [[4, 0]]]
    assert said in check(of, certificate(of, rows, table)).reason


def test_side_conditions_on_words_that_no_split_enumerates() -> None:
    """A lane's value as an address, or as a divisor, is refuted by samples."""

    def checked(use: dict[str, Any], item: Any) -> Result:
        bundles = {"load": [["const", 1, 11]]}, {"load": [["load", 2, 1]]}, use
        of = program(*bundles, shape=Shape(1, 2, 1))
        table = [11, ["V", -1, 6], 0, ["//", 0, 1]]
        return check(of, certificate(of, [[0], [[1, 0]], item], table))

    outside = checked({"load": [["load", 3, 2]]}, [None])
    assert outside.verdict == REJECTED
    assert "outside memory" in outside.reason
    divided = checked({"alu": [["//", 3, 1, 2]]}, [[3, 0]])
    assert divided.verdict == REJECTED
    assert "the divisor can be 0: on sample input" in divided.reason
    wrong = checked({"alu": [["//", 3, 1, 2]]}, [2])
    assert wrong.verdict == REJECTED
    assert "is not what is claimed" in wrong.reason


def test_bundles_that_may_cost_nothing_are_refused() -> None:
    for bundle in ({}, {"debug": [["comment", "x"]]}, {"alu": []}):
        of = program({"load": [["const", 1, 9]]}, bundle)
        result = check(of, certificate(of, [[4], []], EXPRESSIONS))
        assert (result.verdict, "bundle 1 is empty" in result.reason) == (REJECTED, True)
    trace = program({"flow": [["trace_write", 1]]})
    assert "no meaning" in check(trace, certificate(trace, [[]], [])).reason


def test_loops_and_jumps_follow_constants() -> None:
    shape = Shape(1, 1, 1)
    right, _ = certified("vector", shape)
    body = list(right.program)
    # Two turns of a counter first, then the kernel.
    loop = [
        {"load": [["const", 1500, 2]]},
        {"flow": [["add_imm", 1500, 1500, -1]]},
        {"flow": [["cond_jump", 1500, 1]]},
        {"load": [["const", 1501, 5]]},
        {"flow": [["jump_indirect", 1501]]},
    ]
    of = program(*loop, *body, shape=shape, cycles=7 + len(body))
    data = annotate(shape, of.program)
    assert len(json.loads(data)["rows"]) == 7 + len(body)
    assert check(of, data).verdict == ACCEPTED
    endless = program({"flow": [["jump", 0]]}, shape=shape)
    assert "ends after 3 rows" in check(endless, certificate(endless, [[]] * 3, [])).reason


def test_what_nothing_settles_is_inconclusive() -> None:
    """(a | b) + (a & b) == a + b needs a solver."""
    shape = Shape(1, 1, 2)
    bundles = [
        {"load": [["const", 1, 12], ["const", 2, 13]]},
        {"load": [["load", 3, 1], ["load", 4, 2]]},
        {"alu": [["|", 5, 3, 4], ["&", 6, 3, 4]]},
        {"alu": [["+", 7, 5, 6]]},
    ]
    of = program(*bundles, shape=shape)
    table = [
        12,
        13,
        ["V", -1, 6],
        ["V", -1, 6, 0],
        ["V", -1, 6, 1],
        ["|", 3, 4],
        ["&", 3, 4],
        ["+", 3, 4],
    ]
    data = certificate(of, [[0, 1], [3, 4], [5, 6], [7]], table)
    result = check(of, data)
    assert result.verdict == INCONCLUSIVE
    assert "row 3, bundle 3, alu slot 0: +" in result.reason
    pytest.importorskip("bitwuzla")
    assert "output" in check_with_solvers(of, data, ("bitwuzla",)).reason


IDLE = Shape(2, 2, 3)  # memory: header 0-6, tree 7-13, indices 14-16, values 17-19


def test_what_an_idle_lane_starts_from_is_what_memory_holds() -> None:
    """A vector load that ends with the last lane: its first five words are idle lanes'."""
    of = program({"load": [["const", 1, 12]]}, {"load": [["vload", 8, 1]]}, shape=IDLE)
    table = [12, 0, ["V", -1, 6], ["m", 12], ["m", 13], ["V", -1, 6, -5]]
    words = [3, 4, 1, 1, 1, [2, 0], [2, 1], [2, 2]]

    def reason(item: Any) -> str:
        return check(of, certificate(of, [[0], [item]], table)).reason

    def but(at: int, claim: Any) -> list[Any]:
        return [*words[:at], claim, *words[at + 1 :]]

    for right in ([2, -5], words, but(0, 5), but(1, [2, -4]), but(2, [2, -1])):
        assert reason(right).startswith("output of lane 0: ")  # the load is established
    for at, claim in ((0, [2, -4]), (1, 5), (2, 5), (0, 1), (2, [2, 0]), (5, [2, -1]), (5, 5)):
        assert "vload: its result is not what is claimed" in reason(but(at, claim))
    for outside in ([2, -8], [2, -4], [2, 0], but(0, [2, -8])):
        assert "no such lanes" in reason(outside)


def test_an_output_may_not_be_an_idle_lanes_value() -> None:
    shape = Shape(2, 3, 7)  # lane -1 starts from an index word
    right = artifact("selected", shape).decoded
    proved = prove(right, certificate=True).certificate
    assert proved is not None
    assert check(right, proved).verdict == ACCEPTED
    document = json.loads(proved)
    at = max(n for n, bundle in enumerate(right.program) if "store" in bundle)
    ((name, address, source),) = right.program[at]["store"]
    assert name == "vstore"
    more = [{"flow": [["add_imm", 1500, address, 1]]}, {"store": [["store", 1500, source]]}]
    wrong = program(*right.program, *more, shape=shape)
    document.update(program_sha256=wrong.program_sha256, cycles=wrong.cycles)
    document["expressions"].append(shape.values_p)
    document["rows"] += [[len(document["expressions"]) - 1], []]
    result = check(wrong, json.dumps(document).encode())
    assert (result.verdict, result.reason.partition(":")[0]) == (REJECTED, "output of lane 0")
