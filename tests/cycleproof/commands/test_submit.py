"""From what somebody has to everything that they hand over, by one command."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from cycleproof.bundle.layout import CERTIFICATE_NAME, SUMS_NAME
from cycleproof.bundle.read import parse_bundle
from cycleproof.challenge.export import export
from cycleproof.commands.submit import _say_what_to_send
from cycleproof.evidence.model import Verdict
from tests.support import samples, signed

SHAPE = ",".join(map(str, samples.SHAPE))
ALWAYS = {"bundle.zip", "kernel.json", "perf_takehome.py", "report.html", SUMS_NAME}
SIGNED = {"kernel.intoto.jsonl", "card.intoto.jsonl", "card.svg"}


def submit(folder: Path, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    shown = samples.run("submit", *arguments, "-o", "out", "--any-shape", cwd=folder)
    assert shown.returncode == code, shown.stderr
    return shown


def what_people_have(folder: Path, kind: str) -> Path:
    artifact = samples.artifact()
    if kind == "builder":
        path = folder / "perf_takehome.py"
        path.write_bytes(export(artifact.decoded))
    elif kind == "dump":
        path = folder / "dump.json"
        path.write_text(json.dumps(artifact.decoded.program))
    else:
        path = folder / "k.json"
        path.write_bytes(artifact.data)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "dump",
        pytest.param("builder", marks=pytest.mark.slow),
        pytest.param("artifact", marks=pytest.mark.slow),
    ],
)
def test_all_that_is_handed_over_comes_of_what_people_have(tmp_path: Path, kind: str) -> None:
    path = what_people_have(tmp_path, kind)
    signed.private_file(tmp_path)
    options = [] if kind == "artifact" else ["--shape", SHAPE, "--key", "me.key"]
    shown = submit(tmp_path, path, *options)
    out = tmp_path / "out"
    names = {file.name for file in out.iterdir()}
    assert names == ALWAYS | (SIGNED if options else set())
    assert all(name in shown.stdout for name in names - {"kernel.json", SUMS_NAME})
    bundle = parse_bundle((out / "bundle.zip").read_bytes(), out / "bundle.zip")
    assert bundle.artifact.decoded.program == samples.artifact().decoded.program
    assert {"extra/proof.json", "extra/report.html"} < bundle.members.keys()
    assert bundle.members["extra/report.html"] == (out / "report.html").read_bytes()
    assert "proof" in bundle.evidence.named(Verdict.PASS)
    assert bundle.artifact.data == (out / "kernel.json").read_bytes()
    nonce = bundle.evidence.figures("seeds")["nonce"]
    assert nonce in (out / "report.html").read_text()
    (out / "proof.json").write_bytes(bundle.members["extra/proof.json"])
    for named in (["kernel.json", "proof.json"], ["bundle.zip"], ["bundle.zip", "proof.json"]):
        checked = samples.run("check-proof", *named, cwd=out)
        assert checked.returncode == 0, checked.stdout
    if kind == "builder":  # what lies there now is no source of it
        again = samples.run("submit", path, "-o", "two", *options, "--any-shape", cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert (tmp_path / "two" / "kernel.json").read_bytes() == bundle.artifact.data
    first, *_, last = shown.stdout.splitlines()
    assert first.startswith("PROVED for all inputs at ")
    assert last == (
        "next: send out/bundle.zip to whoever reviews it, who types: cycleproof verify bundle.zip"
    )
    assert shown.stdout.count("next: ") == 1  # what the verdict's own would be is done already
    assert ("built " in shown.stderr) is (kind == "builder")
    assert str(tmp_path).encode() not in (out / "bundle.zip").read_bytes()


@pytest.mark.slow
def test_a_wrong_kernel_gets_its_report_and_nothing_to_hand_over(tmp_path: Path) -> None:
    decoded = samples.artifact().decoded
    program = [*decoded.program[:-1], {"store": [[*decoded.program[-1]["store"][0][:2], 0]]}]
    data = encode(decoded.shape, program, decoded.cycles, decoded.generator)
    (tmp_path / "k.json").write_bytes(data)
    shown = submit(tmp_path, "k.json", code=1)
    left = {"kernel.json", "report.html", SUMS_NAME}
    assert {file.name for file in (tmp_path / "out").iterdir()} == left
    assert "fail" in shown.stdout
    assert "this cannot be handed over: failed: " in shown.stderr
    last = shown.stdout.splitlines()[-1].removeprefix("next: ")
    again = samples.run(*shlex.split(last)[1:], cwd=tmp_path)  # from here, where it was printed
    assert "FAILED" in again.stdout
    (tmp_path / "k.json").write_bytes(samples.artifact().data)  # mended, and the same command
    submit(tmp_path, "k.json")
    assert {file.name for file in (tmp_path / "out").iterdir()} == ALWAYS


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "out: is not empty: it holds mine.txt"),
        (["--key", "none.key"], "make one: cycleproof key new -o none.key"),
        (["--shape", "1"], "expected H,R,B"),
    ],
)
def test_what_cannot_be_is_said_before_the_work(
    tmp_path: Path, options: list[str], says: str
) -> None:
    (tmp_path / "k.json").write_text("it is not looked at")
    if not options:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.txt").write_text("stays")
    shown = submit(tmp_path, "k.json", *options, code=2)
    assert says in shown.stderr
    assert [*(tmp_path / "out").glob("*")] == ([] if options else [tmp_path / "out" / "mine.txt"])


@pytest.mark.parametrize("out", ["file/x", "/proc/x", "missing/file/x"])
def test_what_cannot_be_written_is_said_before_the_build(tmp_path: Path, out: str) -> None:
    (tmp_path / "perf_takehome.py").write_text("it is not looked at")
    (tmp_path / "file").touch()
    before = {*tmp_path.iterdir()}
    (tmp_path / "missing").symlink_to(".")
    shown = samples.run("submit", "perf_takehome.py", "-o", out, cwd=tmp_path)
    assert shown.returncode == 2
    assert not shown.stdout
    first, *_ = shown.stderr.splitlines()
    assert first.startswith(f"REFUSED: {out}: cannot be made: ")
    (tmp_path / "missing").unlink()
    assert {*tmp_path.iterdir()} == before


def test_a_slip_of_the_pen_is_not_taken_for_a_full_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("stays")
    assert "none.py: no such file" in submit(tmp_path, "none.py", code=2).stderr


@pytest.mark.slow
def test_another_shape_is_not_handed_over_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_bytes(samples.artifact().data)
    shown = samples.run("submit", "k.json", cwd=tmp_path)
    assert shown.returncode == 1
    assert not (tmp_path / "submission" / "bundle.zip").exists()


@pytest.mark.parametrize("held", [[], [CERTIFICATE_NAME], [CERTIFICATE_NAME, "extra/report.html"]])
def test_it_says_what_the_bundle_holds_and_how_to_sign(
    capsys: pytest.CaptureFixture[str], held: list[str]
) -> None:
    _say_what_to_send(Path("my k.py"), Path("out"), "report.html", held, None)
    shown = capsys.readouterr().out
    assert ("certificate" in shown) is (CERTIFICATE_NAME in held)
    assert ("evidence, the report" in shown or "certificate, the report" in shown) is (
        "extra/report.html" in held
    )
    commands = [shlex.split(line) for line in shown.splitlines() if line.startswith("  cycleproof")]
    assert commands[0] == ["cycleproof", "key", "new", "-o", "me.key"]
    assert commands[1][:3] == ["cycleproof", "submit", "my k.py"]
    assert commands[1][commands[1].index("-o") + 1] == "out"  # it is replaced
    assert "cycleproof verify bundle.zip" in shown.splitlines()[-1]
