"""The wider statement: kernels right from any start index, and those that are not."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cycleproof.artifact.format import encode
from cycleproof.base.errors import Unreadable
from cycleproof.base.statement import JUDGED, Statement
from cycleproof.checker import ACCEPTED, REJECTED, check
from cycleproof.cli import cli
from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.attempt import attempt, one_lane_attempt
from cycleproof.proof.evaluate import Evaluator
from cycleproof.proof.result import Counterexample
from cycleproof.simulator.starts import drawn
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.ops import MASK
from frozen.problem import Shape, step
from tests.support.artifacts import artifact, recipe_artifact
from tests.support.kernels.plain import Kernel
from tests.support.kernels.starts import ENCODINGS, AnyStart

SHAPE = (2, 5, 4)
ANY, HEADER, BOTH = Statement("any"), Statement(header="any"), Statement("any", "any")
GENERATOR = {"name": "test", "version": "0", "sources_sha256": "0" * 64}


def made(kernel: Kernel | AnyStart) -> Artifact:
    return artifact(kernel.build(), kernel.shape)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_index_from_memory_is_proved_in_every_encoding(encoding: str) -> None:
    subject = made(AnyStart(SHAPE, encoding=encoding))
    for statement in (JUDGED, ANY, BOTH):
        result = prove(subject, statement=statement, certificate=True)
        assert result.verdict is ProofVerdict.PROVED, (statement, result.stuck_on)
        checked = check(subject, result.certificate, statement)
        assert (checked.verdict, checked.reason) == (ACCEPTED, "")


@pytest.mark.parametrize("shape", [Shape(3, 6, 16), Shape(1, 3, 8)], ids=str)
@pytest.mark.parametrize("recipe", ["baseline", "vector"])
def test_recipes_that_load_their_indices_claim_it(recipe: str, shape: Shape) -> None:
    subject = recipe_artifact(recipe, shape)
    result = prove(subject, statement=ANY, certificate=True)
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.indices == "proved right"
    assert "any start index" in result.statement
    checked = check(subject, result.certificate, ANY)
    assert (checked.verdict, checked.reason) == (ACCEPTED, "")
    assert checked.statement == ANY


# -- refuted by a start that the frozen machine confirms -----------------------------------------


def one_node(k: Kernel, place: str, lane: int, h: int) -> None:
    """The last leaf is taken for its neighbour."""
    if (place, lane, h) == ("address", 1, 0):
        k.alu("==", "t", "index", k.shape.n_nodes - 1)
        k.alu("-", "address", "address", "t")


def wraps_early(k: Kernel, place: str, lane: int, h: int) -> None:
    if place == "index" and h == 0:
        k.alu("==", "t", "index", k.shape.n_nodes - 2)
        k.select("index", "t", 0, "index")


def right_from_the_root(k: Kernel, place: str, lane: int, h: int) -> None:
    """Wraps after round H, where a lane from the root is at a leaf, without a look at the index."""
    if place == "index" and h == k.shape.forest_height:
        k.alu("+", "index", 0, 0)


WRONG = {
    "a start at 0 taken for granted": lambda: Kernel(SHAPE),
    "levels by the number of the round": lambda: Kernel(SHAPE, encoding="in level"),
    "one node": lambda: AnyStart(SHAPE, one_node),
    "a wrap too early": lambda: AnyStart(SHAPE, wraps_early),
    "a wrap by the number of the round": lambda: AnyStart(SHAPE, right_from_the_root),
}


def confirmed(subject: Artifact, found: Counterexample) -> None:
    """Run the counterexample anew: an image made word by word, and the frozen ``step``."""
    start, shape = found.inputs, subject.shape
    memory = Machine(subject.program).run(start.image(shape), 10**6).memory
    assert start.image(shape)[shape.indices_p : shape.values_p] == list(start.indices)
    lane = found.answer["lane"]
    index, value = start.indices[lane], start.values[lane]
    for _ in range(shape.rounds):
        index, value = step(shape, start.tree, index, value)
    assert memory[shape.values_p + lane] == found.answer["got"] != value


@pytest.mark.parametrize("name", WRONG)
def test_a_kernel_that_assumes_its_start_is_refuted_by_one(name: str) -> None:
    subject = made(WRONG[name]())
    result = prove(subject, statement=ANY, certificate=True)
    assert result.verdict is ProofVerdict.REFUTED, result.stuck_on
    found = result.counterexample
    assert found.judged
    assert f"starts at node {found.answer['start']}" in result.statement
    confirmed(subject, found)
    assert prove(subject).verdict is ProofVerdict.PROVED  # right where the contract asks


@pytest.mark.parametrize("recipe", ["selected", "records"])
def test_recipes_that_start_at_the_root_are_refuted(recipe: str) -> None:
    subject = recipe_artifact(recipe, Shape(3, 6, 16))
    result = prove(subject, statement=ANY)
    assert result.verdict is ProofVerdict.REFUTED
    confirmed(subject, result.counterexample)


def test_a_header_that_is_read_is_refuted_and_one_that_is_not_is_proved() -> None:
    subject = recipe_artifact("vector", Shape(2, 3, 8))
    refuted = prove(subject, statement=HEADER)
    assert refuted.verdict is ProofVerdict.REFUTED
    assert refuted.counterexample.inputs.header
    assert not refuted.counterexample.inputs.indices
    assert prove(made(Kernel(SHAPE)), statement=HEADER).verdict is ProofVerdict.PROVED


# -- certificates --------------------------------------------------------------------------------

STATEMENTS = (JUDGED, ANY, HEADER, BOTH)


def test_a_certificate_of_one_statement_is_rejected_for_every_other() -> None:
    subject = made(AnyStart((1, 2, 2)))
    for said in STATEMENTS:
        data = prove(subject, statement=said, certificate=True).certificate
        for asked in STATEMENTS:
            result = check(subject, data, asked)
            assert (result.verdict == ACCEPTED) == (said == asked), (said, asked)
            if said != asked:
                assert result.verdict == REJECTED
                assert said.starts in result.reason
                assert asked.starts in result.reason


def test_a_narrow_certificate_that_says_it_is_wide_is_not_accepted() -> None:
    """Its statement's name proves nothing: the steps are checked under the wider statement."""
    for kernel, said in ((Kernel(SHAPE), ANY), (recipe_artifact("vector", Shape(2, 3, 8)), HEADER)):
        subject = made(kernel) if isinstance(kernel, Kernel) else kernel
        document = json.loads(prove(subject, certificate=True).certificate)
        document["statement"] = said._asdict()
        assert check(subject, json.dumps(document).encode(), said).verdict != ACCEPTED


def tampered(document: dict[str, Any], entry: list[Any], other: list[Any]) -> dict[str, Any]:
    place = document["expressions"].index(entry)
    document["expressions"][place] = other
    return document


TAMPERINGS = {
    "another round's index": lambda d: tampered(d, ["I", 1], ["I", 2]),
    "the start in place of an index": lambda d: tampered(d, ["I", 2], ["I", 0]),
    "another round's node": lambda d: tampered(d, ["N", 1], ["N", 2]),
    "one lane's index": lambda d: tampered(d, ["I", 1], ["I", 1, 0]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_false_step_is_not_accepted(name: str) -> None:
    subject = made(AnyStart(SHAPE))
    document = json.loads(prove(subject, statement=ANY, certificate=True).certificate)
    try:
        verdict = check(subject, json.dumps(TAMPERINGS[name](document)).encode(), ANY).verdict
    except ValueError:
        verdict = REJECTED
    assert verdict != ACCEPTED


def test_a_store_into_the_tree_ends_the_lookups_of_the_image() -> None:
    """The certificate of the kernel without it, with a row for the store put in."""
    kernel = AnyStart(SHAPE)
    right = made(kernel)
    document = json.loads(prove(right, statement=ANY, certificate=True).certificate)
    program = [dict(bundle) for bundle in right.program]
    at = next(k for k, bundle in enumerate(program) if "alu" in bundle)
    program.insert(at, {"store": [["store", kernel.const(7), kernel.const(1)]]})
    subject = artifact(program, right.shape)
    document["rows"].insert(at, [])
    document |= {"program_sha256": subject.program_sha256, "cycles": subject.cycles}
    assert check(subject, json.dumps(document).encode(), ANY).verdict == REJECTED
    assert prove(subject, statement=ANY).verdict is ProofVerdict.REFUTED


def test_an_index_past_the_tree_leaves_memory() -> None:
    """41 · index + 7: an address that every start but the root takes outside memory."""

    def far(k: AnyStart, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("address", 0, 0):
            k.alu("*", "t", "index", 40)
            k.alu("+", "address", "address", "t")

    result = prove(made(AnyStart(SHAPE, far)), statement=ANY)
    assert result.verdict is ProofVerdict.REFUTED
    assert "outside memory" in result.counterexample.answer["fault"]


# -- the terms, held against the machine ---------------------------------------------------------


@pytest.mark.parametrize("statement", [ANY, BOTH], ids=["indices", "both"])
def test_terms_have_the_words_of_the_machine_from_any_start(statement: Statement) -> None:
    subject = made(AnyStart((3, 6, 9)))
    starts = [drawn(subject.shape, statement, seed) for seed in range(8)]
    images = [start.image(subject.shape) for start in starts]
    runs = [Machine(subject.program).run(list(image), 10**6).memory for image in images]
    for one in (attempt(subject, statement=statement),):
        values = Evaluator(images)
        for at, term in enumerate(one.outcome.memory):
            assert list(values(term)) == [memory[at] for memory in runs]
    assert one_lane_attempt(subject, statement=statement).equal


# -- the command line ----------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, kernel in (("right", AnyStart((1, 3, 2))), ("root", Kernel((1, 3, 2)))):
        program = kernel.build()
        data = encode(kernel.shape, program, len(program), GENERATOR)
        (tmp_path / f"{name}.json").write_bytes(data)
    return tmp_path


def test_prove_and_check_proof_take_the_statement(folder: Path) -> None:
    proved = run("prove", "right.json", "--indices", "any", "--certificate", "c.json")
    assert (proved.return_value, "any start index" in proved.output) == (0, True)
    accepted = run("check-proof", "right.json", "c.json", "--indices", "any")
    assert (accepted.return_value, "any start index" in accepted.output) == (0, True)
    rejected = run("check-proof", "right.json", "c.json")
    assert (rejected.return_value, "what is asked for is indices zero" in rejected.output) == (1, 1)
    hint = rejected.output.partition("; try ")[2].partition(")")[0].split()
    assert run("check-proof", "right.json", "c.json", *hint).return_value == 0


def test_a_refutation_is_written_down_and_runs_again(folder: Path) -> None:
    refuted = run("prove", "root.json", "--indices", "any", "--counterexample", "x.json")
    assert refuted.return_value == 1
    document = json.loads((folder / "x.json").read_text())
    assert any(document["indices"])
    assert run("verify", "root.json", "--input", "file:x.json").return_value == 1
    assert run("verify", "right.json", "--input", "file:x.json").return_value == 0
    for key, word in (("indices", 3), ("indices", -1), ("header", 1 << 32)):
        wrong = document | {key: [word] * (2 if key == "indices" else 7)}
        (folder / "y.json").write_text(json.dumps(wrong))
        error = run("verify", "right.json", "--input", "file:y.json").exception
        assert isinstance(error, Unreadable)
        assert key in str(error)


def test_drawn_starts_lie_in_the_tree_and_differ() -> None:
    shape = Shape(2, 1, 40)
    starts = [drawn(shape, BOTH, seed) for seed in range(5)]
    assert all(0 <= index < shape.n_nodes for start in starts for index in start.indices)
    assert {index for start in starts for index in start.indices} == set(range(shape.n_nodes))
    assert len({tuple(start.header) for start in starts}) == 5
    assert all(0 <= word <= MASK for start in starts for word in start.header)


def test_verify_says_what_was_established_and_requires_it(folder: Path) -> None:
    said = run("verify", "right.json", "--indices", "any", "--require", "any-indices")
    assert said.return_value == 0, said.output
    assert "PROVED for all inputs, from any start index at H=1 R=3 B=2" in said.output
    assert "from 8 drawn starts too (any start index)" in " ".join(
        said.output.replace("\u2502", " ").split()
    )
    plain = run("verify", "right.json", "--require", "any-indices")
    assert plain.return_value == 4
    wrong = run("verify", "root.json", "--indices", "any")
    assert wrong.return_value == 1
    assert "wrong on a drawn start" in " ".join(wrong.output.split())
    assert "starts at node" in " ".join(wrong.output.replace("\u2502", " ").split())
    assert run("verify", "root.json").return_value == 0


def test_a_kernel_that_only_seeds_show_wrong_fails_by_them(folder: Path) -> None:
    """Without the proof, the drawn starts still tell."""
    wrong = run("verify", "root.json", "--indices", "any", "--skip", "proof", "--json")
    findings = {each["check"]: each for each in json.loads(wrong.output)["findings"]}
    assert findings["seeds"]["verdict"] == "fail"
    assert "--indices any --nonce" in findings["seeds"]["reproduce"]
    right = run("verify", "right.json", "--indices", "any", "--skip", "proof", "--json")
    findings = {each["check"]: each for each in json.loads(right.output)["findings"]}
    assert findings["seeds"]["figures"]["drawn_starts"] == 8
