"""Requirements: each row of the table met, missed and left open; the file; the gates."""

import dataclasses
import json
from typing import Any

import pytest

from cycleproof.base.errors import Refused, Unreadable
from cycleproof.evidence.model import Evidence, Finding, Leftover, State, Verdict, read_evidence
from cycleproof.evidence.policy import (
    BY_NAME,
    CHECK,
    GATE,
    NONE,
    Requirements,
    hold,
    read_requirements,
    require,
    required,
)
from frozen.problem import JUDGED, Shape

from ...support import samples

PASS, FAIL, UNKNOWN, SKIPPED = Verdict
FRESH: dict[str, Any] = {"fresh": 8, "replayed": 0}
BOTH = {"indices": "any", "header": "any"}
PROVED: dict[str, Any] = {"indices": "proved right", "forest": "proved unchanged"}


def evidence(*findings: Finding, shape: Shape = JUDGED, cycles: int = 900) -> Evidence:
    return Evidence({"cycles": cycles, "shape": shape._asdict()}, {}, {}, findings)


def finding(check: str, verdict: Verdict = PASS, **figures: Any) -> Finding:
    return Finding(check, verdict, "", figures)


CHECKS = ("proof", "directed", "bulk", "upstream", "reproduce", "attestation")


@pytest.mark.parametrize(
    ("name", "made", "verdict"),
    [
        ("judged-shape", evidence(), PASS),
        ("judged-shape", evidence(shape=Shape(1, 1, 8)), FAIL),
        *((check, evidence(finding(check)), PASS) for check in CHECKS),
        *((check, evidence(finding(check, FAIL)), FAIL) for check in CHECKS),
        *((check, evidence(finding(check, UNKNOWN)), UNKNOWN) for check in CHECKS),
        *((check, evidence(finding(check, SKIPPED)), UNKNOWN) for check in CHECKS),
        *((check, evidence(), UNKNOWN) for check in CHECKS),
        ("seeds", evidence(finding("seeds", **FRESH)), PASS),
        ("seeds", evidence(finding("seeds", fresh=0, replayed=8)), UNKNOWN),
        ("seeds", evidence(finding("seeds")), UNKNOWN),
        ("seeds", evidence(finding("seeds", FAIL, **FRESH)), FAIL),
        ("bits-32", evidence(finding("proof")), PASS),
        ("bits-32", evidence(finding("seeds", **FRESH)), UNKNOWN),
        ("any-indices", evidence(finding("proof", statement=BOTH)), PASS),
        ("any-indices", evidence(finding("proof", statement=BOTH | {"indices": "zero"})), UNKNOWN),
        ("any-indices", evidence(finding("proof", statement=BOTH | {"indices": 1})), UNKNOWN),
        ("any-indices", evidence(finding("proof", statement={"indices": "any"})), UNKNOWN),
        ("any-indices", evidence(finding("proof", statement="any")), UNKNOWN),
        ("any-indices", evidence(finding("proof")), UNKNOWN),
        ("any-indices", evidence(finding("proof", FAIL, statement=BOTH)), FAIL),
        ("any-indices", evidence(), UNKNOWN),
        ("any-header", evidence(finding("proof", statement=BOTH)), PASS),
        ("any-header", evidence(finding("proof", statement=BOTH | {"header": "known"})), UNKNOWN),
        ("audit", evidence(finding("proof", audit={})), PASS),
        ("audit", evidence(finding("proof")), UNKNOWN),
        ("final-indices", evidence(finding("proof", **PROVED)), PASS),
        ("final-indices", evidence(finding("proof", UNKNOWN, **PROVED)), UNKNOWN),
        ("final-indices", evidence(finding("proof", indices="proved left at zero")), FAIL),
        ("final-indices", evidence(finding("proof", indices="refuted: other")), FAIL),
        ("final-indices", evidence(finding("seeds", final_indices="right")), UNKNOWN),
        ("final-indices", evidence(finding("seeds", final_indices="right/wrong")), FAIL),
        ("forest-preserved", evidence(finding("proof", **PROVED)), PASS),
        ("forest-preserved", evidence(finding("proof", forest="refuted")), FAIL),
        ("forest-preserved", evidence(finding("directed", forest_preserved=False)), FAIL),
        ("forest-preserved", evidence(finding("directed", forest_preserved=True)), UNKNOWN),
    ],
)
def test_each_requirement(name: str, made: Evidence, verdict: Verdict) -> None:
    held = hold(made, Requirements((name,)))
    assert held.findings[-1].check == CHECK
    assert held.findings[-1].verdict is verdict
    assert (name in required(held)) is (verdict is PASS)


def test_the_table_has_a_case_for_each_row() -> None:
    (marker,) = vars(test_each_requirement)["pytestmark"]
    assert {case[0] for case in marker.args[1]} == set(BY_NAME)


@pytest.mark.parametrize(("most", "verdict"), [(900, PASS), (899, FAIL)])
def test_cycles(most: int, verdict: Verdict) -> None:
    assert hold(evidence(), Requirements(max_cycles=most)).findings[-1].verdict is verdict


def test_a_contradiction_outweighs_what_is_open() -> None:
    held = hold(evidence(), Requirements(("proof",), 7))
    assert held.findings[-1].verdict is FAIL
    assert "proof (not run); at most 7 cycles (it claims 900)" in (held.findings[-1].established)


def test_no_requirement_no_finding_and_no_second_one() -> None:
    assert hold(evidence(), NONE).findings == ()
    twice = hold(hold(evidence(), GATE), Requirements(("proof",)))
    assert [found.verdict for found in twice.findings] == [UNKNOWN]


def test_both_of_two_requirements_hold_for_their_union() -> None:
    joined = Requirements(("proof",), 900).joined(Requirements(("seeds", "proof"), 800))
    assert joined == (("proof", "seeds"), 800)
    assert Requirements(max_cycles=5).joined(NONE).max_cycles == 5


def test_the_file(tmp_path: Any) -> None:
    file = tmp_path / "r.toml"
    file.write_text('require = ["proof", "final-indices"]\nmax-cycles = 900\n')
    assert read_requirements(file) == (("proof", "final-indices"), 900)
    file.write_text("")
    assert read_requirements(file) == NONE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('require = "proof"', "expected a list"),
        ('require = ["prof"]', "'prof' is no requirement"),
        ("require = [1]", "1 is no requirement"),
        ("max_cycles = 9", "'max_cycles' is no key"),
        ("max-cycles = true", "a number of cycles"),
        ("max-cycles = 0", "a number of cycles"),
        ("max-cycles = 9.0", "a number of cycles"),
        ("require", "not TOML"),
        ("x = " + "[" * 9_999, "not TOML"),
        ("x = '\udcff'", "not TOML"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Any, text: str, says: str) -> None:
    file = tmp_path / "r.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Unreadable, match=says):
        read_requirements(file)


@pytest.mark.slow
def test_the_working_folder_s_demands_stand_beside_the_options(tmp_path: Any) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    quick = ("verify", "kernel.json", "--skip", "proof", "--json")
    config = tmp_path / "pyproject.toml"
    for text, words, code, says in [
        ("[project]\nname = 'x'\n", (), 0, ""),
        ("[tool.other]\nkey = 1\n", (), 0, ""),
        ("tool = 1\n", (), 0, ""),
        ('[tool.cycleproof]\nrequire = ["seeds"]\n', (), 0, "demands: seeds\n"),
        ("[tool.cycleproof]\nmax-cycles = 7\n", ("--max-cycles", "9999"), 1, "at most 7 cycles"),
        ("[tool.cycleproof]\nmax-cycles = 9999\n", ("--max-cycles", "7"), 1, "at most 9,999"),
        ('[tool.cycleproof]\nrequire = ["seeds"]\n', ("--require", "proof"), 4, "demands: seeds"),
        ("[tool.cycleproof]\nseeds = 0\n", (), 2, "'seeds' is no key"),
        ("[tool]\ncycleproof = 1\n", (), 2, "expected a table"),
        ("[tool.cycleproof", (), 2, "pyproject.toml: not TOML"),
    ]:
        config.write_text(text)
        answer = samples.run(*quick, *words, cwd=tmp_path)
        assert answer.returncode == code, (text, words)
        assert says in answer.stderr if says else not answer.stderr
        assert (code == 2) is (not answer.stdout)


def test_demands_that_lie_beside_the_artifact_are_not_read(tmp_path: Any) -> None:
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    theirs.mkdir()
    mine.mkdir()
    (theirs / "kernel.json").write_bytes(samples.artifact().data)
    (theirs / "pyproject.toml").write_text("[tool.cycleproof]\nmax-cycles = 7\n")
    answer = samples.run("verify", "../theirs/kernel.json", "--skip", "proof", cwd=mine)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_gates_demand_the_judged_shape() -> None:
    with pytest.raises(Refused, match="not met: judged-shape") as caught:
        require(samples.artifact(), samples.evidence())
    assert "--any-shape" in caught.value.hint
    assert require(samples.artifact(), samples.evidence(), NONE) == samples.evidence()


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("pack", "-o", "out"), ("attest", "--key", "me.key", "-o", "out"), ("hook",)],
)
def test_gates_on_the_command_line(tmp_path: Any, words: tuple[str, ...]) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    samples.run("key", "new", "-o", "me.key", cwd=tmp_path)
    name, *more = words
    refused = samples.run(name, "kernel.json", *more, cwd=tmp_path, COLUMNS="200")
    assert refused.returncode == 1
    assert "judged-shape" in refused.stdout + refused.stderr
    assert not (tmp_path / "out").exists()
    more.append("--any-shape")
    assert samples.run(name, "kernel.json", *more, cwd=tmp_path).returncode == 0
    more += ["--max-cycles", "7"]
    refused = samples.run(name, "kernel.json", *more, cwd=tmp_path, COLUMNS="200")
    assert refused.returncode == 1
    assert "at most 7 cycles" in refused.stdout + refused.stderr


@pytest.mark.slow
def test_verify_answers_by_its_requirements(tmp_path: Any) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "r.toml").write_text("max-cycles = 7")
    quick = ("verify", "kernel.json", "--skip", "proof", "--json")
    for words, code in [
        ((), 0),
        (("--require", "seeds"), 0),
        (("--require", "judged-shape"), 1),
        (("--require", "proof"), 4),
        (("--requirements", "r.toml"), 1),
    ]:
        answer = samples.run(*quick, *words, cwd=tmp_path)
        assert answer.returncode == code, words
        assert json.loads(answer.stdout)["exit_code"] == code


@pytest.mark.parametrize(
    ("findings", "indices", "forest"),
    [
        ([], (State.UNKNOWN, ""), (State.UNKNOWN, "")),
        (
            [finding("proof", **PROVED)],
            (State.PROVED_RIGHT, "prover"),
            (State.PROVED_RIGHT, "prover"),
        ),
        (
            [finding("proof", **PROVED), finding("seeds", final_indices="wrong")],
            (State.WRONG, "runs"),
            (State.PROVED_RIGHT, "prover"),
        ),
        (
            [finding("seeds", final_indices="untouched", forest_preserved=True)],
            (State.LEFT_AT_ZERO, "runs"),
            (State.UNKNOWN, ""),
        ),
        (
            [finding("seeds", final_indices=[7], forest_preserved=0)],
            (State.UNKNOWN, ""),
            (State.UNKNOWN, ""),
        ),
    ],
)
def test_leftovers_say_who_established_them(findings: Any, indices: Any, forest: Any) -> None:
    made = evidence(*findings)
    assert (made.final_indices, made.forest) == (Leftover(*indices), Leftover(*forest))


@pytest.mark.parametrize("field", ["final_indices", "forest"])
def test_leftovers_in_a_file_follow_from_its_findings(field: str) -> None:
    claim = {"state": "proved right", "by": "checker"}
    with pytest.raises(Unreadable, match=f"{field}: does not follow"):
        read_evidence(samples.edited({field: claim}), "e.json")


def test_a_signed_summary_names_the_requirements_that_were_met() -> None:
    from cycleproof.evidence.attestation.statement import summary

    made = dataclasses.replace(samples.evidence(), artifact=samples.evidence().artifact)
    held = hold(made, Requirements(("seeds", "final-indices", "directed")))
    assert "CYCLEPROOF_DIRECTED" in str(summary(held, b""))
    shaped = dataclasses.replace(
        made, artifact={**made.artifact, "shape": JUDGED._asdict()}, findings=made.findings
    )
    assert "CYCLEPROOF_JUDGED_SHAPE" in str(summary(hold(shaped, GATE), b""))
    assert "CYCLEPROOF_JUDGED_SHAPE" not in str(summary(shaped, b""))
    assert "CYCLEPROOF_JUDGED_SHAPE" not in str(summary(hold(made, GATE), b""))
