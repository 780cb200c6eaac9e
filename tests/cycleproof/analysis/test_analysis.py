"""The analyses against slow second statements of them, on raw JSON and on random programs."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.analysis.dependences import critical_path
from cycleproof.analysis.engines import measure, use_over_time
from cycleproof.analysis.execution import execute
from cycleproof.analysis.footprints import footprints
from cycleproof.analysis.hazards import hazard_figures, liveness, overlapped_stores
from cycleproof.analysis.sharing import sharing
from cycleproof.analysis.summary import Analysis, analyse
from cycleproof.artifact.format import decode, encode
from cycleproof.base.errors import Unreadable
from frozen.artifact import Artifact
from frozen.ops import OPS, Program
from frozen.problem import Shape, inputs_from_seed, step
from frozen.program import check_program
from solution import recipe
from tests.support.programs import random_program, scalar_kernel, seeded

SHIPPED = Path("artifacts/kernel.json")
SMALL = Shape(2, 5, 3)
CAPACITY = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1}
STRAIGHT = sorted(
    key for key, op in OPS.items() if op.place in ("dest", "") and "mem" not in op.value
)


def artifact(program: Program, shape: Shape = SMALL, cycles: int | None = None) -> Artifact:
    generator = {"name": "test", "version": "1", "sources_sha256": "0"}
    cycles = len(program) if cycles is None else cycles
    return decode(encode(shape, program, cycles, generator), "test")


@pytest.fixture(scope="module")
def small() -> Analysis:
    return analyse(artifact(scalar_kernel(SMALL)))


@pytest.fixture(scope="module")
def shipped() -> Analysis:
    return analyse(decode(SHIPPED.read_bytes(), "shipped"))


def words_of(slot: list[Any], engine: str) -> tuple[list[int], list[int]]:
    """Scratch words read and written, from the specification's table and nothing of ours."""
    name, *x = slot
    lanes = 8 if engine == "valu" or name in ("vload", "vstore", "vselect") else 1

    def vector(at: int) -> list[int]:
        return list(range(at, at + lanes))

    match name:
        case "const" | "coreid":
            return [], [x[0]]
        case "load" | "vload":
            return [x[1]], vector(x[0])
        case "load_offset":
            return [x[1] + x[2]], [x[0] + x[2]]
        case "store" | "vstore":
            return [x[0], *vector(x[1])], []
        case "vbroadcast":
            return [x[1]], vector(x[0])
        case "add_imm":
            return [x[1]], [x[0]]
        case "pause" | "halt":
            return [], []
    return [word for at in x[1:] for word in vector(at)], vector(x[0])


def test_words_stored_twice_in_one_bundle_are_counted() -> None:
    twice = {"store": [["vstore", 0, 16], ["store", 1, 0]]}
    program = [{"load": [["const", 0, 8], ["const", 1, 10]]}, twice, {"store": [["store", 1, 0]]}]
    run = execute(artifact(program), inputs_from_seed(0, SMALL))
    assert overlapped_stores(run) == 1


@pytest.mark.slow
def test_utilisation_and_bounds_by_an_independent_count(shipped: Analysis) -> None:
    document = json.loads(SHIPPED.read_bytes())
    program = document["program"]
    used = {e: sum(len(bundle.get(e, ())) for bundle in program) for e in CAPACITY}
    said = shipped.as_json()
    assert said["cycles"] == document["claims"]["cycles"] == len(program)
    for engine, capacity in CAPACITY.items():
        row = said["engines"][engine]
        assert row["slots"] == used[engine]
        assert row["floor"] == said["bounds"][engine] == -(-used[engine] // capacity)
        assert row["utilisation"] == pytest.approx(used[engine] / capacity / len(program))
        full = sum(len(bundle.get(engine, ())) == capacity for bundle in program)
        assert row["full_cycles"] == full
        assert sum(row["idle"].values()) == capacity * len(program) - used[engine]
    assert said["bounds"]["compute"] == pytest.approx((8 * used["valu"] + used["alu"]) / 60)
    assert sum(said["lost"].values()) == pytest.approx(len(program))
    counted = Counter((e, slot[0]) for b in program for e, slots in b.items() for slot in slots)
    assert counted == {(e, o): n for e, ops in said["histogram"].items() for o, n in ops.items()}


@pytest.mark.slow
def test_critical_path_and_pressure_of_the_shipped_kernel_by_a_second_walk(
    shipped: Analysis,
) -> None:
    """Word by word over the raw JSON; memory by the addresses of a plain run of our own."""
    document = json.loads(SHIPPED.read_bytes())
    addresses = iter(shipped.execution.addresses)
    ready, stored, last_read, longest = {}, {}, {}, 0
    intervals = []
    written_at = {}
    for cycle, bundle in enumerate(document["program"]):
        landing, storing = {}, {}
        # The order of slots is that of the program's own objects, as in the decoded artifact.
        for engine, slots in bundle.items():
            for slot in slots:
                reads, writes = words_of(slot, engine)
                at = [ready.get(word, 0) for word in reads]
                if slot[0] in ("load", "vload", "store", "vstore"):
                    first = next(addresses)
                    touched = range(first, first + (8 if slot[0][0] == "v" else 1))
                    if engine == "load":
                        at += [stored.get(word, 0) for word in touched]
                depth = 1 + max(at, default=0)
                longest = max(longest, depth)
                for word in reads:
                    last_read[word] = cycle
                landing |= dict.fromkeys(writes, depth)
                if engine == "store":
                    storing |= dict.fromkeys(touched, depth)
        for word in landing:
            if last_read.get(word, -1) > written_at.get(word, -1):
                intervals.append((written_at.get(word, -1) + 1, last_read[word]))
            written_at[word] = cycle
        ready |= landing
        stored |= storing
    for word, read in last_read.items():
        if read > written_at.get(word, -1):
            intervals.append((written_at.get(word, -1) + 1, read))
    assert shipped.critical_path.length == longest == len(shipped.critical_path.chain)
    live = [0] * (shipped.cycles + 1)
    for start, end in intervals:
        live[start] += 1
        live[end + 1] -= 1
    running = [sum(live[: cycle + 1]) for cycle in range(0, shipped.cycles, 97)]
    assert running == list(shipped.liveness.words)[::97]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_liveness_agrees_with_a_forward_search(seed: int) -> None:
    program = random_program(seeded(seed), STRAIGHT)
    bundles = check_program(program)
    live = liveness(footprints(bundles))
    dead = number = 0

    def needed(word: int, after: int) -> bool:
        for slots in bundles[after:]:
            if any(word in words for op, slot in slots for words in op.reads(slot)):
                return True
            if any(word in words for op, slot in slots for words in op.writes(slot)):
                return False
        return False

    for position, slots in enumerate(bundles):
        for index, (op, slot) in enumerate(slots):
            for dest in op.writes(slot):
                later = {w for o, s in slots[index + 1 :] for words in o.writes(s) for w in words}
                mask = [needed(word, position + 1) and word not in later for word in dest]
                assert [bool(live.lanes[number] >> i & 1) for i in range(len(dest))] == mask
                dead += not any(mask)
            number += 1
        assert live.words[position] == sum(needed(word, position) for word in range(64))
    assert live.dead == dead == hazard_figures(footprints(bundles))["dead_slots"]


def test_the_critical_path_goes_through_scratch_memory_and_jumps() -> None:
    through_memory = [
        {"load": [["const", 0, 9]]},
        {"store": [["store", 0, 1]]},
        {"load": [["load", 2, 0]]},
        {"alu": [["+", 3, 2, 2]], "load": [["const", 0, 1]]},
    ]
    run = execute(artifact(through_memory), inputs_from_seed(0, SMALL))
    path = critical_path(run)
    assert path.length == 4
    assert path.waits == 0
    assert list(path.chain) == [(0, 0), (1, 0), (2, 0), (3, 0)]
    elsewhere = [*through_memory]
    elsewhere[2] = {"load": [["load", 2, 1]]}  # address 0, which nobody wrote
    assert critical_path(execute(artifact(elsewhere), inputs_from_seed(0, SMALL))).length == 2
    jumping = [
        {"load": [["const", 0, 3]], "flow": [["jump", 2]]},
        {"load": [["const", 0, 4]]},
        {"load": [["const", 5, 4]]},
        {"load": [["const", 6, 4]]},
    ]
    run = execute(artifact(jumping, cycles=3), inputs_from_seed(0, SMALL))
    assert list(run.order) == [0, 2, 3]
    assert critical_path(run).length == 2


def test_head_and_tail_are_the_unsettled_ends() -> None:
    full = {"valu": [["+", 8 * n, 0, 0] for n in range(6)]}
    program = [{"load": [["const", 50, 1]]}] * 3 + [full] * 20 + [{"store": [["store", 50, 50]]}]
    use = measure(use_over_time(check_program(program)))
    assert (use.binding, use.head, use.tail) == ("valu", 3, 23)
    (valu,) = (engine for engine in use.engines if engine.name == "valu")
    assert valu.idle == (18, 0, 6)
    assert valu.full_cycles == 20


def test_provenance_finds_every_round_and_level(small: Analysis) -> None:
    """The tiny kernel loads one node per lane and round, and hashes 18 ops a lane and round."""
    per_round = Counter(small.provenance.rounds)
    for number in range(SMALL.rounds):
        assert per_round[number] > 18 * SMALL.batch_size
    levels = Counter(number % (SMALL.forest_height + 1) for number in range(SMALL.rounds))
    # The first root is fetched at a constant address, so it belongs to no lane yet.
    loads = {kind.brings: (kind.setup, kind.lanes) for kind in small.loads}
    assert loads == {
        "level 0": (3, 3),
        "level 1": (0, levels[1] * SMALL.batch_size),
        "level 2": (0, levels[2] * SMALL.batch_size),
        "lane data": (0, SMALL.batch_size),
        "constants": loads["constants"],
    }


def test_provenance_of_the_shipped_kernel_is_complete(shipped: Analysis) -> None:
    shape = shipped.artifact.shape
    by_round = shipped.slots_by_round
    assert set(range(shape.rounds)) <= set(by_round)
    assert sum(by_round.values()) == sum(shipped.figures["slots"].values())
    deep = sum(kind.lanes for kind in shipped.loads if "10" in kind.brings)
    assert deep >= shape.batch_size  # nobody can share the leaves


def test_sharing_against_sets_of_lanes() -> None:
    shape = Shape(3, 6, 16)
    inputs = inputs_from_seed(3, shape)
    rows = sharing(shape, [inputs])
    index, value = [0] * 16, list(inputs.values)
    for number, row in enumerate(rows):
        sets = [set(index[:8]), set(index[8:])]
        assert row.level == number % 4
        assert row.nodes_per_vector == (len(sets[0]) + len(sets[1])) / 2
        assert row.nodes_per_batch == len(set(index))
        assert row.converged == sum(len(s) == 1 for s in sets) / 2
        groups = defaultdict(list)
        for lane, node in enumerate(index):
            groups[lane // 8, node].append(lane)
        assert row.lanes_sharing == sum(len(g) for g in groups.values() if len(g) > 1) / 16
        pairs = [step(shape, inputs.tree, i, v) for i, v in zip(index, value, strict=True)]
        index, value = [i for i, _ in pairs], [v for _, v in pairs]


def test_a_loop_is_analysed_as_it_ran() -> None:
    program = [
        {"load": [["const", 1, 4], ["const", 2, 0]]},
        {"flow": [["add_imm", 2, 2, 1]]},
        {"alu": [["<", 3, 2, 1]]},
        {"flow": [["cond_jump", 3, 1]]},
    ]
    analysis = analyse(artifact(program, cycles=13))
    assert analysis.cycles == 13
    assert analysis.figures["slots"]["flow"] == 8
    assert analysis.critical_path.length == 13
    assert not analysis.figures["straight_line"]


def test_a_faulting_run_is_one_error() -> None:
    program = [{"load": [["const", 1, 4000]]}, {"load": [["load", 2, 1]]}]
    with pytest.raises(Unreadable, match=r"bundle 1, load slot 0.*outside memory"):
        analyse(artifact(program))


def test_a_run_without_end_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cycleproof.analysis.execution.MAX_CYCLES", 1000)
    with pytest.raises(Unreadable, match="out of fuel after 1000 cycles"):
        analyse(artifact([{"flow": [["jump", 0]]}]))


def test_provenance_agrees_with_the_compilers_own_labels() -> None:
    """The compiler knows what each slot is for; the analysis sees only the bare program.

    Groups agree everywhere, and rounds at every step of the hash. Elsewhere they may differ by
    one: a branch bit belongs to the round that made the value or to the one that uses it.
    """
    shape = Shape(6, 9, 32)
    program, names = recipe.load("records").build_labelled(shape, [])
    analysis = analyse(artifact(json.loads(json.dumps(program)), shape))
    slots = iter(zip(analysis.provenance.rounds, analysis.provenance.lanes, strict=True))
    compared = Counter()
    for bundle, labels in zip(analysis.artifact.program, names, strict=True):
        for label in (label for engine in bundle for label in labels[engine]):
            number, lane = next(slots)
            said = re.match(r"g(\d+) r(\d+) L\d+ (\w+)", label)
            if said is None:
                continue
            assert lane // 8 == int(said[1]), label
            difference = number - int(said[2])
            assert abs(difference) <= (said[3] in ("bit", "address", "select", "value")), label
            compared[difference] += 1
    assert compared[0] >= 4 * 9 * 11  # groups, rounds, ops of hash and node
