"""``cycleproof prove``: the three verdicts, their exit codes, certificate and counterexample."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cycleproof.artifact.format import encode
from cycleproof.base.errors import Unreadable
from cycleproof.checker import ACCEPTED, check
from cycleproof.cli import cli
from frozen.artifact import parse
from frozen.harness import judge
from frozen.ops import Program
from frozen.problem import Shape
from tests.support.artifacts import artifact, recipe_artifact
from tests.support.kernels.forks import KERNELS
from tests.support.kernels.plain import Kernel

SHAPE = (3, 5, 4)
WHERE = " at H=3 R=5 B=4, not the judged shape"
GENERATOR = {"name": "test", "version": "0", "sources_sha256": "0" * 64}


def write(path: Path, program: Program, cycles: int | None = None) -> Path:
    cycles = len(program) if cycles is None else cycles
    path.write_bytes(encode(Shape(*SHAPE), program, cycles, GENERATOR))
    return path


def run(*arguments: Path | str) -> Result:
    return CliRunner().invoke(cli, ["prove", *map(str, arguments)], standalone_mode=False)


def verify(path: Path, inputs: Path) -> Result:
    """The run of one input from a file."""
    arguments = ["verify", str(path), "--input", f"file:{inputs}"]
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


@pytest.fixture
def right(tmp_path: Path) -> Path:
    return write(tmp_path / "right.json", Kernel(SHAPE).build())


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("value", 1, 2):
            k.alu("==", "t", "value", 0xCAFEF00D)
            k.alu("^", "value", "value", "t")

    return write(tmp_path / "wrong.json", Kernel(SHAPE, tamper).build())


def test_proved_with_a_certificate_that_the_checker_accepts(right: Path, tmp_path: Path) -> None:
    certificate = tmp_path / "proof.json"
    result = run(right, "--certificate", certificate)
    assert result.return_value == 0
    cycles = parse(right.read_bytes()).cycles
    first = f"PROVED for all inputs{WHERE}: {cycles} cycles, not checked yet\n"
    assert result.output.startswith(first)
    assert "for all inputs (H=3 R=5 B=4" in result.output
    checked = check(parse(right.read_bytes()), certificate.read_bytes())
    assert checked.verdict == ACCEPTED


def test_a_certificate_is_bound_to_its_artifact(right: Path, tmp_path: Path) -> None:
    certificate = tmp_path / "proof.json"
    run(right, "--certificate", certificate)
    other = write(tmp_path / "other.json", Kernel(SHAPE, encoding="doubled").build())
    checked = check(parse(other.read_bytes()), certificate.read_bytes())
    assert checked.verdict != ACCEPTED


def test_refuted_with_inputs_that_show_it(wrong: Path, tmp_path: Path) -> None:
    inputs, certificate = tmp_path / "inputs.json", tmp_path / "proof.json"
    result = run(wrong, "--counterexample", inputs, "--certificate", certificate)
    assert result.return_value == 1
    assert result.output.startswith(f"FAILED{WHERE}: proof (lane 1: expected ")
    assert not certificate.exists()
    (answer,) = judge(parse(wrong.read_bytes()), [json.loads(inputs.read_text())])
    assert not answer["pass"]


def test_the_inputs_that_show_it_can_be_run_again(right: Path, wrong: Path, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    run(wrong, "--counterexample", inputs)
    assert verify(wrong, inputs).return_value == 1
    assert verify(right, inputs).return_value == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "expected an object with the keys tree and values"),
        ("[1", "not JSON"),
        ('{"tree": [1], "values": [0, 0, 0, 0]}', "tree: expected 15 words"),
        ('{"tree": [%s], "values": [0, 0, 0, 4294967296]}', "values: expected words of 0..2^32-1"),
        ('{"tree": [%s], "values": [0, 0, 0, true]}', "values: expected words of 0..2^32-1"),
    ],
)
def test_a_file_that_holds_no_input_is_unreadable(
    right: Path, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "inputs.json"
    path.write_text(text.replace("%s", ", ".join(["7"] * 15)))
    error = verify(right, path).exception
    assert isinstance(error, Unreadable)
    assert said in str(error)


def test_unknown_says_what_it_got_stuck_on(tmp_path: Path) -> None:
    """A condition on the square of a value: the refuter does not take roots."""

    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("value", 1, 2):
            k.alu("*", "t", "value", "value")
            k.alu("==", "t", "t", 0x12345671)
            k.alu("^", "value", "value", "t")

    odd = write(tmp_path / "odd.json", Kernel(SHAPE, tamper).build())
    claimed = f"{parse(odd.read_bytes()).cycles} cycles claimed"
    assert run(odd).output.startswith(f"OPEN{WHERE}: proof not settled; {claimed}\n")
    result = run(odd, "--json")
    assert result.return_value == 4
    answer = json.loads(result.output)
    assert answer["verdict"] == "unknown"
    assert "could not be shown equal" in answer["stuck_on"]
    assert answer["statement"].startswith("whether it is right for all inputs (")


def test_what_only_a_specialist_asks_for_is_said_only_then(right: Path) -> None:
    assert " terms, " not in run(right).output
    assert " terms, " in run(right, "--verbose").output


def test_json_of_a_proof(right: Path) -> None:
    result = run(right, "--json")
    answer = json.loads(result.output)
    assert result.return_value == 0
    assert answer["verdict"] == "proved"
    assert answer["indices"] == "proved left at zero"
    assert answer["forest"] == "proved unchanged"
    assert answer["counterexample"] is None
    assert answer["figures"]["cycles"] == len(Kernel(SHAPE).build())


def test_final_indices_and_forest_are_facts_of_their_own() -> None:
    from cycleproof.proof import prove

    assert prove(recipe_artifact("baseline", SHAPE)).indices == "proved right"

    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if (place, lane) == ("output", 3):
            k.alu("+", "t", 7, 0)
            k.store("t", "value")

    program = Kernel(SHAPE, tamper).build()
    result = prove(
        recipe_artifact("baseline", SHAPE)._replace(program=program, cycles=len(program))
    )
    assert result.verdict == "proved"
    assert result.forest == "refuted: overwritten"


def test_a_proof_by_paths_has_a_certificate(tmp_path: Path) -> None:
    program, shape = KERNELS["dispatch"]()
    path, certificate = tmp_path / "paths.json", tmp_path / "proof.json"
    path.write_bytes(encode(shape, program, artifact(program, shape).cycles, GENERATOR))
    assert run(path, "--certificate", certificate).return_value == 0
    assert check(parse(path.read_bytes()), certificate.read_bytes()).verdict == ACCEPTED
