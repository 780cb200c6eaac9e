"""Every command of docs/submission-bundle.md is run as it stands."""

import re
from pathlib import Path

import pytest

from cycleproof.bundle.layout import MAX_EXTRAS, MEMBERS
from cycleproof.challenge.loader import LOADER

from ...support import samples

PAGE = (samples.ROOT / "docs" / "submission-bundle.md").read_text()
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


def test_the_page_says_what_the_code_has() -> None:
    for member in MEMBERS:
        assert member.name.removeprefix("evidence/") in PAGE
    assert f"the loader: {len(LOADER.splitlines())} lines" in PAGE
    assert f"up to {MAX_EXTRAS} text files" in PAGE
