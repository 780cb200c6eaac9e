"""The library's face: its names, their documentation, and what each function answers."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cycleproof
from cycleproof import api, audit
from cycleproof.artifact.format import decode
from cycleproof.audit import solvers
from cycleproof.base import errors
from cycleproof.base.errors import Unreadable

from ..support import samples

FUNCTIONS = {"load", "build", "verify", "prove", "check_proof"}
DATA = {"Artifact", "Evidence", "Finding", "Verdict", "Requirements", "Shape", "Statement"}
DATA |= {"JUDGED"}
ERRORS = {
    name
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, errors.CycleproofError)
}


def test_the_names_are_these_and_no_others() -> None:
    assert set(cycleproof.__all__) == FUNCTIONS | DATA | ERRORS | {"__version__"}
    assert sorted(api.__all__) == sorted(set(cycleproof.__all__) - {"__version__"})
    assert all(getattr(cycleproof, name) is getattr(api, name) for name in api.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = cycleproof.lode


def test_every_name_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/library.md").read_text("utf-8")
    assert [name for name in cycleproof.__all__ if f"`{name}" not in page] == []
    for name in FUNCTIONS:
        function = getattr(cycleproof, name)
        assert inspect.getdoc(function)
        missing = [p for p in inspect.signature(function).parameters if f"{p}" not in page]
        assert missing == [], name


def test_importing_it_imports_its_version_only() -> None:
    code = "import sys, cycleproof; print([n for n in sys.modules if 'cycleproof.' in n])"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert shown.stdout == "['cycleproof.base', 'cycleproof.base.version']\n"


def test_from_a_recipe_to_a_checked_proof(tmp_path: Path) -> None:
    made = cycleproof.build(recipe="baseline", shape=samples.SHAPE)
    assert made.data == samples.artifact().data
    path = tmp_path / "k.json"
    path.write_bytes(made.data)
    loaded = cycleproof.load(str(path))
    assert loaded.decoded == made.decoded
    result = cycleproof.prove(loaded)
    assert result.certificate is not None
    assert cycleproof.check_proof(path, result.certificate).verdict == "accepted"
    (tmp_path / "k.cert").write_bytes(result.certificate[:-9])
    with pytest.raises(Unreadable, match="certificate: "):
        cycleproof.check_proof(loaded, tmp_path / "k.cert")


def test_verify_answers_with_evidence(tmp_path: Path) -> None:
    demands = cycleproof.Requirements(("judged-shape",))
    evidence = cycleproof.verify(
        samples.artifact(), skip=["proof"], fresh_seeds=1, requirements=demands
    )
    assert isinstance(evidence, cycleproof.Evidence)
    verdicts = {finding.check: finding.verdict for finding in evidence.findings}
    assert verdicts["seeds"] is cycleproof.Verdict.PASS
    assert verdicts["proof"] is cycleproof.Verdict.SKIPPED
    assert verdicts["requirements"] is cycleproof.Verdict.FAIL
    assert evidence.figures("seeds")["fresh"] == 1
    with pytest.raises(cycleproof.Unreadable, match="No such file"):
        cycleproof.verify(tmp_path / "none.json")


@pytest.mark.parametrize(
    "arguments", [{"skip": ["prof"]}, {"requirements": cycleproof.Requirements(("prof",))}]
)
def test_a_name_that_there_is_not_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(cycleproof.CycleproofError, match="named 'prof'"):
        cycleproof.verify(samples.artifact(), **arguments)  # type: ignore[arg-type]


def test_a_printed_answer_fits_on_a_screen() -> None:
    """Neither the program nor a certificate is in it."""
    artifact, evidence = samples.artifact(), samples.evidence()
    wrong = samples.without_last_store()
    refuted = cycleproof.prove(artifact._replace(decoded=decode(wrong, "k")))
    for answer in (artifact, evidence, cycleproof.prove(artifact), refuted):
        assert len(repr(answer)) < 1_500
    assert repr(artifact).startswith("<Artifact kernel.json: 1,184 cycles at H=3 R=4 B=8, program ")
    assert repr(evidence).startswith("<Evidence on 1,184 cycles at H=3 R=4 B=8: pass: decode, ")


ANY_START = cycleproof.Statement(indices="any")


def test_a_statement_is_proved_and_checked_as_it_was_asked() -> None:
    artifact = samples.artifact()
    result = cycleproof.prove(artifact, statement=ANY_START)
    assert result.certificate is not None
    assert "any start index" in result.statement
    assert "any start index" not in cycleproof.prove(artifact).statement
    checked = cycleproof.check_proof(artifact, result.certificate, statement=ANY_START)
    assert (checked.verdict, checked.statement) == ("accepted", ANY_START)
    assert cycleproof.check_proof(artifact, result.certificate).verdict != "accepted"


def test_verify_speaks_of_the_statement_that_it_was_given() -> None:
    skip = ["seeds", "directed"]
    evidence = cycleproof.verify(samples.artifact(), skip=skip, statement=ANY_START)
    (proof,) = (finding for finding in evidence.findings if finding.check == "proof")
    assert proof.verdict is cycleproof.Verdict.PASS
    assert proof.figures["statement"] == ANY_START._asdict()
    assert "any start index" in proof.established


def test_verify_audits_where_asked_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    skip = ["seeds", "directed"]
    if len(solvers.available()) >= audit.NEEDED:
        evidence = cycleproof.verify(samples.artifact(), skip=skip, audit=True)
        assert evidence.figures("proof")["audit"]["verdict"] == "accepted"
    monkeypatch.setattr(audit, "available", lambda: ())
    with pytest.raises(cycleproof.MissingDependency, match="the audit needs two"):
        cycleproof.verify(samples.artifact(), skip=skip, audit=True)


@pytest.mark.parametrize("part", cycleproof.Statement._fields)
def test_a_statement_that_there_is_not_is_refused(part: str) -> None:
    said = cycleproof.Statement()._replace(**{part: "some"})
    for asked in (
        lambda: cycleproof.prove(samples.artifact(), statement=said),
        lambda: cycleproof.check_proof(samples.artifact(), b"", statement=said),
        lambda: cycleproof.verify(samples.artifact(), statement=said),
    ):
        with pytest.raises(Unreadable, match=f"{part} cannot be 'some'"):
            asked()


def test_a_dump_is_built(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('[{"flow": [["halt"]]}]')
    made = cycleproof.build(tmp_path / "d.json", shape=cycleproof.Shape(1, 1, 8))
    assert (made.decoded.cycles, made.decoded.shape) == (1, (1, 1, 8))


def test_the_example_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs/library.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    shown = capsys.readouterr().out
    assert "seeds pass right on 8 fixed and 8 fresh seeds" in shown
    assert shown.endswith("\naccepted\n")
