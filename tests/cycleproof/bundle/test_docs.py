"""Every command of docs/submission-bundle.md is run as it stands."""

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from cycleproof.bundle.layout import CERTIFICATE_NAME, MAX_ADDED, MEMBERS
from cycleproof.bundle.page import page
from cycleproof.challenge.facts import REPOSITORY
from cycleproof.challenge.loader import LOADER

from ...support import cli, samples

PAGE = (cli.ROOT / "docs" / "submission-bundle.md").read_text()
CLONE = "path/to/official-clone"


@pytest.mark.slow
def test_every_command_works_as_written(tmp_path: Path) -> None:
    for name in ("kernel.json", "old.json", "new.json"):
        (tmp_path / name).write_bytes(samples.artifact().data)
    samples.run("export", "kernel.json", "-o", "perf_takehome.py", cwd=tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    assert len(lines) == 13
    shape = ",".join(map(str, samples.artifact().decoded.shape))
    for line in dict.fromkeys(lines):  # the page makes the key in two places
        command, _, output = line.partition(" > ")
        program, *words = command.split()
        assert program == "cycleproof"
        if words[0] in {"pack", "attest", "submit", "card"}:  # the sample is of a small shape
            words.append("--any-shape")
        if words[0] == "submit":
            words += ["--shape", shape]
        result = samples.run(*words, cwd=tmp_path)
        # The official repository is not at hand here, so this one command says so.
        expected = 2 if CLONE in words else 0
        assert result.returncode == expected, (line, result.stderr)
        if expected:
            assert f"Directory '{CLONE}' does not exist" in result.stderr
        if output:
            (tmp_path / output).write_text(result.stdout)


@pytest.mark.parametrize("with_certificate", [True, False])
def test_the_page_in_a_bundle_speaks_of_the_proof_that_is_there(with_certificate: bool) -> None:
    text = page(samples.artifact(), samples.evidence(), [CERTIFICATE_NAME] * with_certificate)
    certificate = CERTIFICATE_NAME if with_certificate else "proof.json"
    assert f"cycleproof check-proof kernel.json {certificate}\n" in text
    assert (f"| `{CERTIFICATE_NAME}` |" in text) is with_certificate
    assert ("holds no proof" in text) is not with_certificate
    order = ("submission_tests.py", "verify bundle.zip", "check-proof")
    ways = [text.index(line) for line in order]
    assert ways == sorted(ways)


@pytest.mark.parametrize(
    ("name", "said"), [("p.zip", "p.zip"), ("my kernel.zip", "bundle.zip"), ("-p", "bundle.zip")]
)
def test_the_page_names_the_file_that_it_is_in_and_the_challenge(name: str, said: str) -> None:
    text = page(samples.artifact(), samples.evidence(), [], name)
    assert f"(here `{said}`)" in text
    assert f"    cycleproof verify {said}\n" in text
    assert f"]({REPOSITORY})" in text
    assert all(other == said for other in re.findall(r"[\w-]+\.zip", text))


def test_the_simplest_way_works_as_written(tmp_path: Path) -> None:
    text = page(samples.artifact(), samples.evidence(), extras=[])
    (tmp_path / "perf_takehome.py").write_bytes(LOADER)
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    tests = tmp_path / "path-of-your-clone" / "tests"
    tests.mkdir(parents=True)
    (tests / "submission_tests.py").write_text(  # as the challenge's finds the builder
        "import os, sys\n"
        "sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\n"
        "from perf_takehome import KernelBuilder\n"
        "made = KernelBuilder()\n"
        "made.build_kernel(3, 15, 8, 4)\n"
        "print('CYCLES: ', len(made.instrs))\n"
    )
    block = text.split("print the cycles:\n\n")[1].split("\n\n")[0]
    done = subprocess.run(
        ["sh", "-ec", textwrap.dedent(block)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"CYCLES:  {samples.artifact().decoded.cycles}\n"


def test_the_page_says_what_the_code_has() -> None:
    for member in MEMBERS:
        assert member.name.removeprefix("evidence/") in PAGE
    assert f"the loader: {len(LOADER.splitlines())} lines" in PAGE
    assert f"up to {MAX_ADDED} text files" in PAGE
