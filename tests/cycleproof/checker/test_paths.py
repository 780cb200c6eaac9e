"""Jumps on data in the checker: what splits, what joins, and the ways of being wrong there."""

import contextlib
import json
import random
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import pytest

from cycleproof.artifact.format import LoadedArtifact, encode
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED, Result, check
from cycleproof.checker import path as execution
from cycleproof.checker import run as paths
from cycleproof.checker.certificate import decode
from cycleproof.checker.samples import Sample
from cycleproof.checker.vocabulary import Reference
from cycleproof.checks import CHECKS, Subject
from cycleproof.checks.verify import verify
from cycleproof.evidence.model import Verdict
from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.run.paths import Executor
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.artifact import Artifact, parse
from frozen.errors import Malformed
from frozen.machine import Machine
from frozen.ops import SCRATCH_SIZE
from frozen.problem import FOREST_P, inputs_from_seed, memory_image, reference
from frozen.program import program_digest
from tests.support.artifacts import artifact
from tests.support.kernels.forks import KERNELS, PAIRED, SHAPE, Paired, guarded, wide

Document = dict[str, Any]


@cache
def certified(name: str) -> tuple[Artifact, bytes]:
    of = artifact(*KERNELS[name]())
    result = prove(of, certificate=True)
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.certificate is not None
    return of, result.certificate


def judged(of: Artifact, document: Document) -> Result:
    """What the checker says of a changed certificate, or of a changed program under it."""
    document["program_sha256"] = of.program_sha256
    return check(of, json.dumps(document).encode())


def changed(of: Artifact, change: Callable[[Any], None]) -> Artifact:
    bundles = json.loads(json.dumps(of.program))
    change(bundles)
    return of._replace(program=bundles, program_sha256=program_digest(bundles))


def joins(document: Document) -> list[int]:
    return [at for at, row in enumerate(document["rows"]) if isinstance(row, dict)]


@pytest.mark.parametrize("name", KERNELS)
def test_right_kernels_are_accepted_without_a_solver(name: str) -> None:
    of, data = certified(name)
    document = json.loads(data)
    result = check(of, data)
    assert (result.verdict, result.reason, result.cycles) == (ACCEPTED, "", of.cycles)
    assert joins(document)


@pytest.mark.slow
def test_a_further_pair_of_lanes_costs_few_equations() -> None:
    """What a jump for two lanes asks is asked of one pair; a place in memory costs an equation."""
    distinct = []
    for lanes in (2, 4, 6):
        shape = PAIRED._replace(batch_size=lanes)
        of = artifact(Paired(shape).build(), shape)
        data = prove(of, certificate=True).certificate
        assert data is not None
        result = check(of, data)
        assert result.verdict == ACCEPTED
        distinct.append(result.distinct)
    assert distinct[2] - distinct[1] < 30 < distinct[0]


def test_paths_of_two_lanes_are_settled_in_few_cases() -> None:
    """A lane is the same one in the condition, written out, and in the claim, named."""
    of, data = certified("paired")
    result = check(of, data)
    assert result.verdict == ACCEPTED
    assert result.cases < 10_000


def test_verify_passes_a_kernel_that_dispatches(tmp_path: Any) -> None:
    of, _ = certified("dispatch")
    generator = {"name": "test", "version": "0", "sources_sha256": "0" * 64}
    data = encode(of.shape, of.program, of.cycles, generator)
    loaded = LoadedArtifact(tmp_path / "kernel.json", data, parse(data))
    others = {row.name for row in CHECKS} - {"decode", "frozen", "proof"}
    evidence = verify(Subject(loaded, read_frozen(installed_folder())), skip=others)
    (finding,) = (one for one in evidence.findings if one.check == "proof")
    assert (finding.verdict, finding.figures["certificate"]) == (Verdict.PASS, ACCEPTED)


# Certificates that were tampered with.


@pytest.mark.parametrize("name", ["branch", "dispatch", "nested"])
def test_a_row_of_a_join_left_out_doubled_or_moved(name: str) -> None:
    of, data = certified(name)
    for at in joins(json.loads(data))[:4]:
        for change in (
            lambda rows, at: rows.pop(at),
            lambda rows, at: rows.insert(at, rows[at]),
            lambda rows, at: rows.insert(at - 1, rows.pop(at)),
            lambda rows, at: rows.insert(at + 1, rows.pop(at)),
            lambda rows, at: rows.insert(at - 3, rows[at]),
        ):
            document = json.loads(data)
            change(document["rows"], at)
            result = judged(of, document)
            assert result.verdict == REJECTED
            # The nested kernel has two joins in a row, where one can be taken for the other.
            assert "is due" in result.reason or name == "nested"
    document = json.loads(data)
    document["rows"].append({"scratch": [], "memory": []})
    assert "the certificate does not" in judged(of, document).reason


def test_rows_of_two_paths_exchanged() -> None:
    of, data = certified("dispatch")
    document = json.loads(data)
    rows, at = document["rows"], joins(document)[0]
    first = at - 12
    assert len({json.dumps(row) for row in rows[first : first + 4]}) == 4
    rows[first], rows[first + 1] = rows[first + 1], rows[first]
    assert "is not what is claimed" in judged(of, document).reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["branch", "dispatch", "interleaved"])
def test_another_expression_in_a_join_is_accepted_only_if_it_is_equal(name: str) -> None:
    of, data = certified(name)
    original = decode(data)
    samples = [Sample(Reference(of.shape, original.expressions), seed) for seed in range(12)]
    draw = random.Random(3)
    verdicts = []
    for at in joins(json.loads(data)):
        for number in range(len(json.loads(data)["rows"][at]["scratch"])):
            for _ in range(8):
                document = json.loads(data)
                pair = document["rows"][at]["scratch"][number]
                other = draw.randrange(len(original.entries))
                lane = draw.randrange(of.shape.batch_size)
                (now,) = original.refs(pair[1], 1)
                pair[1] = [other, lane] if None in original.entries[other].lanes else other
                result = judged(of, document)
                verdicts.append(result.verdict)
                if result.verdict == ACCEPTED:
                    (then,) = original.refs(pair[1], 1)
                    assert all(sample.word(now) == sample.word(then) for sample in samples)
    assert verdicts.count(REJECTED) > 10


def test_what_a_join_claims_is_held_against_every_path() -> None:
    """A claim that is true only on the first path, or only on the last, or on all."""
    of, data = certified("dispatch")
    table = json.loads(data)["expressions"]
    for node in range(4):
        document = json.loads(data)
        (pair,) = document["rows"][joins(document)[0]]["scratch"]
        pair[1] = table.index(["m", FOREST_P + 3 + node])
        reason = judged(of, document).reason
        assert f"scratch word {pair[0]}: its result is not what is claimed" in reason
    document = json.loads(data)
    document["rows"][joins(document)[0]]["scratch"] = []
    assert "nothing is known" in judged(of, document).reason
    document["rows"][joins(document)[0]]["scratch"] = [[pair[0], None]]
    assert "nothing is known" in judged(of, document).reason


def test_a_join_may_claim_words_that_do_not_differ() -> None:
    of, data = certified("dispatch")
    for side, word, entry, verdict in [
        ("memory", FOREST_P, ["m", FOREST_P], ACCEPTED),
        ("memory", FOREST_P, ["m", FOREST_P + 1], REJECTED),
        ("scratch", 1500, 0, ACCEPTED),
        ("scratch", 1500, 1, REJECTED),
    ]:
        document = json.loads(data)
        document["expressions"].append(entry)
        row = document["rows"][joins(document)[0]]
        row[side] = sorted([*row[side], [word, len(document["expressions"]) - 1]])
        assert judged(of, document).verdict == verdict


BAD_JOINS: list[Any] = [
    {}, {"scratch": []}, {"scratch": [], "memory": [], "more": []}, {"scratch": {}, "memory": []},
    {"scratch": [], "memory": None}, {"scratch": [5], "memory": []},
    {"scratch": [[5]], "memory": []}, {"scratch": [[5, 0, 0]], "memory": []},
    {"scratch": [["5", 0]], "memory": []}, {"scratch": [[True, 0]], "memory": []},
    {"scratch": [[-1, 0]], "memory": []}, {"scratch": [[SCRATCH_SIZE, 0]], "memory": []},
    {"scratch": [[6, 0], [5, 0]], "memory": []}, {"scratch": [[5, 0], [5, 0]], "memory": []},
    {"scratch": [], "memory": [[SHAPE.memory_size, 0]]},
    {"scratch": [], "memory": [[-1, 0]]}, 5, None, "[]", True,
]  # fmt: skip


@pytest.mark.parametrize("row", BAD_JOINS, ids=str)
def test_malformed_joins(row: Any) -> None:
    _, data = certified("branch")
    document = json.loads(data)
    document["rows"][joins(document)[0]] = row
    with pytest.raises(Malformed, match=f"row {joins(json.loads(data))[0]}"):
        decode(json.dumps(document).encode())


@pytest.mark.parametrize("item", [-1, 10**6, [], [0], "0", True, [3, 99], {}], ids=str)
def test_items_of_joins_must_name_expressions(item: Any) -> None:
    of, data = certified("branch")
    document = json.loads(data)
    at = joins(document)[0]
    document["rows"][at]["scratch"][0][1] = item
    result = judged(of, document)
    assert result.verdict == REJECTED
    assert f"row {at}: item" in result.reason


# Programs that were changed, under the certificate of the right one.


def test_a_handler_that_loads_another_word() -> None:
    of, data = certified("dispatch")

    def change(bundles: Any) -> None:
        at = next(
            n for n, b in enumerate(bundles) if b.get("flow", [[""]])[0][0] == "jump_indirect"
        )
        bundles[at + 1], bundles[at + 4] = bundles[at + 4], bundles[at + 1]

    result = judged(changed(of, change), json.loads(data))
    assert (result.verdict, "is not what is claimed" in result.reason) == (REJECTED, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["branch", "dispatch", "nested", "guarded", "interleaved"])
def test_programs_changed_near_jumps_are_accepted_only_if_they_are_right(name: str) -> None:
    """Every operand of the slots around the first jumps, one at a time."""
    of, data = certified(name)
    near = [n for n, b in enumerate(of.program) if "flow" in b and "jump" in b["flow"][0][0]][:5]
    places = [
        (at, engine, number, k)
        for at in sorted({n + d for n in near for d in (-1, 0, 1)})
        for engine, slots in of.program[at].items()
        for number, slot in enumerate(slots)
        for k in range(1, len(slot))
    ]
    tried = refused = 0
    for (at, engine, number, k), step in product(places, (-1, 1)):
        bundles = json.loads(json.dumps(of.program))
        bundles[at][engine][number][k] += step
        other = of._replace(program=bundles, program_sha256=program_digest(bundles))
        with contextlib.suppress(Malformed):
            verdict = judged(other, json.loads(data)).verdict
            tried += 1
            refused += verdict != ACCEPTED
            assert verdict != ACCEPTED or right(other)
    assert tried > 40
    assert refused > tried // 2


def right(of: Artifact) -> bool:
    for seed in range(12):
        inputs = inputs_from_seed(seed, of.shape)
        memory = Machine(of.program).run(memory_image(of.shape, inputs)).memory
        if memory[of.shape.values_p :] != reference(of.shape, inputs)[1]:
            return False
    return True


def test_an_address_in_range_only_thanks_to_the_path() -> None:
    """The path that loads is the one on which the address is a word of the tree."""
    of, data = certified("guarded")
    assert check(of, data).verdict == ACCEPTED
    other, _ = guarded(swapped=True)
    result = judged(
        of._replace(program=other, program_sha256=program_digest(other)), json.loads(data)
    )
    assert result.verdict == REJECTED
    assert "load slot 0: load: at" in result.reason
    assert "outside memory" in result.reason


def test_outputs_are_held_against_the_reference_on_all_paths() -> None:
    """A kernel that is right where the first value is even, and stores nothing elsewhere."""
    of, data = certified("dispatch")
    at = next(n for n, bundle in enumerate(of.program) if "store" in bundle)
    skipped = changed(of, lambda bundles: bundles.__setitem__(at, {"flow": [["pause"]]}))
    assert "output of lane 0" in judged(skipped, json.loads(data)).reason


@pytest.mark.slow
@pytest.mark.parametrize(("bits", "twice"), [(9, False), (8, True)])
def test_more_than_256_paths_are_inconclusive(
    bits: int, twice: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = artifact(*wide(bits, twice))
    assert prove(of).verdict is ProofVerdict.UNKNOWN
    monkeypatch.setitem(Executor.__init__.__kwdefaults__, "max_paths", 512)
    result = prove(of, certificate=True)
    assert result.certificate is not None
    answer = check(of, result.certificate)
    assert answer.verdict == INCONCLUSIVE
    assert ("more than 256 paths" if twice else "512 bundles at once") in answer.reason
    for limit in (execution, paths):
        monkeypatch.setattr(limit, "MAX_PATHS", 512)
    assert check(of, result.certificate).verdict == ACCEPTED
