"""A bundle is read wherever an artifact is, and its certificate is found in it."""

from pathlib import Path

import pytest

from cycleproof.bundle.layout import CERTIFICATE_NAME, encode
from cycleproof.bundle.pack import members_of
from cycleproof.evidence.policy import NONE
from tests.support import samples

PROVE = "to make one: cycleproof prove {} --certificate proof.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    members = members_of(samples.artifact(), samples.evidence(), {}, NONE)
    (tmp_path / "bundle.zip").write_bytes(encode(members))
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("show", "{}", "--brief"),
        ("prove", "{}"),
        pytest.param(("report", "{}", "--format", "md", "-o", "-"), marks=pytest.mark.slow),
        pytest.param(("trace", "{}", "-o", "{}.pftrace"), marks=pytest.mark.slow),
        pytest.param(("diff", "{}", "kernel.json"), marks=pytest.mark.slow),
    ],
)
def test_commands_read_the_artifact_in_a_bundle(folder: Path, words: tuple[str, ...]) -> None:
    for name in ("kernel.json", "bundle.zip"):
        shown = samples.run(*(word.format(name) for word in words), cwd=folder)
        assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("kernel.json", "holds no certificate; name one", PROVE.format("kernel.json")),
        ("bundle.zip", f"holds no {CERTIFICATE_NAME}", PROVE.format("bundle.zip")),
        (".", "is a folder, not an artifact", "name the file in it: bundle.zip or kernel.json"),
    ],
)
def test_without_a_certificate_there_is_nothing_to_check(
    folder: Path, name: str, says: str, hint: str
) -> None:
    shown = samples.run("check-proof", name, cwd=folder)
    assert shown.returncode == 2
    assert shown.stderr == f"REFUSED: {name}: {says}\n  {hint}\n"


@pytest.mark.slow
def test_the_certificate_of_another_kernel_in_a_bundle_is_refused(folder: Path) -> None:
    samples.run("prove", "kernel.json", "--certificate", "proof.json", cwd=folder)
    right = (folder / "proof.json").read_bytes()
    for data, code in ((right, 0), (right.replace(b"1", b"2"), 2)):
        extras = {CERTIFICATE_NAME: data}
        members = members_of(samples.artifact(), samples.evidence(), extras, NONE)
        (folder / "bundle.zip").write_bytes(encode(members))
        assert samples.run("check-proof", "bundle.zip", cwd=folder).returncode == code
