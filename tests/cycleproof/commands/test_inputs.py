"""What `verify` takes: one artifact, several, standard input; and what it says to all else."""

import json
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from tests.support import cli, samples

QUICK = ("--seeds", "0", "--skip", "proof", "--skip", "directed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    decoded = samples.artifact().decoded
    last = {"store": [[*decoded.program[-1]["store"][0][:2], 0]]}
    program = [*decoded.program[:-1], last]
    wrong = encode(decoded.shape, program, decoded.cycles, decoded.generator)
    (tmp_path / "right.json").write_bytes(samples.artifact().data)
    (tmp_path / "wrong.json").write_bytes(wrong)
    (tmp_path / "dump.json").write_text(json.dumps(decoded.program))
    (tmp_path / "post.json").write_text(json.dumps({"python_code": "", "instrs": []}))
    (tmp_path / "perf_takehome.py").write_text("class KernelBuilder: pass\n")
    (tmp_path / "builder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("perf_takehome.py", "is Python, not an artifact"),
        ("builder", "is a folder, not an artifact"),
        ("dump.json", "artifact: expected an object"),
        ("post.json", "unknown key"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "show"])
def test_what_is_to_be_built_is_told_how(folder: Path, command: str, name: str, says: str) -> None:
    shown = samples.run(command, name, cwd=folder)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert f"cycleproof build {name} -o kernel.json" in shown.stderr


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (["kernel.json"], "{}kernel.json"),
        (["bundle.zip"], "{}bundle.zip"),
        (["kernel.json", "bundle.zip", "perf_takehome.py"], "{}bundle.zip or {}kernel.json"),
    ],
)
def test_a_folder_that_was_handed_over_is_not_built_again(
    folder: Path, files: list[str], named: str
) -> None:
    for name in files:
        (folder / "builder" / name).write_text("")
    for words, place in (("verify", "builder"), "builder/"), (("verify",), ""):
        shown = samples.run(*words, cwd=folder if place else folder / "builder")
        assert shown.returncode == 2
        assert shown.stderr.endswith(f"  name the file in it: {named.format(place, place)}\n")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("verify right.jso", "right.json"),
        ("show wrong.jsn", "wrong.json"),
        ("check-proof right.json dum.json", "dump.json"),
        ("build perf_takehom.py -o k.json", "perf_takehome.py"),
        ("submit perf_takehom.py", "perf_takehome.py"),
        ("judge bilder -o board", "builder"),
        ("verify nothing.like.it", None),
        ("submit nothing.like.it", None),
    ],
)
def test_a_name_that_is_nearly_right_is_corrected(
    folder: Path, words: str, meant: str | None
) -> None:
    shown = samples.run(*words.split(), cwd=folder)
    assert shown.returncode == 2
    hints = [line for line in shown.stderr.splitlines() if "did you mean" in line]
    assert hints == [f"  did you mean {meant}?"] * (meant is not None)


def test_what_is_no_dump_either_gets_no_such_hint(folder: Path) -> None:
    (folder / "text.json").write_text("{}")
    assert "cycleproof build" not in samples.run("verify", "text.json", cwd=folder).stderr


@pytest.mark.slow
def test_several_artifacts_and_the_worst_code(folder: Path) -> None:
    names = ("right.json", "dump.json", "wrong.json")
    shown = samples.run("verify", *names, *QUICK, "--json", cwd=folder)
    assert shown.returncode == 1
    assert "REFUSED: dump.json: " in shown.stderr
    assert [evidence["exit_code"] for evidence in json.loads(shown.stdout)] == [0, 1]
    shown = samples.run("verify", "right.json", "wrong.json", *QUICK, cwd=folder)
    first, second, last = shown.stdout.split("\n\n")
    assert first.startswith("TESTED")
    assert second.startswith("FAILED")
    title, *lines = last.splitlines()
    assert title == "2 artifacts:"
    for line, name, text in zip(lines, ("right", "wrong"), (first, second), strict=True):
        assert line.startswith(f"  {name}.json: {text[:40]}")
    shown = samples.run("verify", "right.json", "none.json", *QUICK, cwd=folder)
    assert shown.returncode == 2
    assert shown.stdout.splitlines()[-1] == "  none.json: REFUSED"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import random\n\n\nclass KernelBuilder:\n    pass\n", "Python"),
        ("from problem import Machine\n", "Python"),
        ("<!DOCTYPE html>\n<html lang=en>\nimport x", "HTML"),
        ("<?xml version='1.0'?>\n<testsuite/>", "XML"),
        ("PK\x03\x04\x14\x00", "a zip file"),
        ("from here on only words", ""),
        ("", ""),
    ],
)
def test_what_is_no_artifact_is_called_by_its_name(folder: Path, text: str, kind: str) -> None:
    (folder / "other.txt").write_text(text)
    (folder / "kernel.json").write_text("{")
    dumped = samples.run("build", "other.txt", "-o", "made.json", cwd=folder)
    assert dumped.returncode == 2
    assert (f": is {kind}, not an instruction dump\n" in dumped.stderr) == bool(kind)
    if kind == "a zip file":
        packed = samples.run("pack", "other.txt", "-o", "made.zip", cwd=folder)
        assert ": is a zip file, not an artifact\n  a submission bundle? `verify`" in packed.stderr
        return
    by_name = samples.run("verify", "other.txt", cwd=folder).stderr
    piped = cli.piped(("verify", "-"), folder, input=text.encode(), capture_output=True)
    for said in (by_name, piped.stderr.decode()):
        assert (f": is {kind}, not an artifact\n" in said) == bool(kind)
        assert ("cycleproof build perf_takehome.py" in said) == (kind == "Python")
        assert ("kernel.json" in said) == bool(kind)


@pytest.mark.slow
def test_standard_input_is_an_artifact_too(folder: Path) -> None:
    words = ("verify", "-", *QUICK, "--json")
    shown = cli.piped(words, folder, input=samples.artifact().data, capture_output=True)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["artifact"]["file_sha256"] == samples.artifact().file_sha256


def test_what_goes_with_one_artifact_is_refused_for_two(folder: Path) -> None:
    both = ("right.json", "wrong.json")
    shown = samples.run("verify", *both, "--junit", "k.xml", cwd=folder)
    assert shown.returncode == 2
    assert "go with one ARTIFACT" in shown.stderr
    assert not (folder / "k.xml").exists()


def test_keys_are_read_before_the_checks(folder: Path) -> None:
    (folder / "k.pub").write_text("no key")
    (folder / "k.jsonl").write_text("no envelope")
    options = ["--attestation", "k.jsonl", "--key", "k.pub"]
    shown = samples.run("verify", "none.json", *options, cwd=folder)
    assert shown.returncode == 2
    assert "k.pub: not a public key" in shown.stderr
