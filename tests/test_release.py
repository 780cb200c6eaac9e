"""What a release is made of: locks, pinned actions, one version everywhere, and its script."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cycleproof import __version__
from cycleproof.checks.verify import versions

ROOT = Path(__file__).parents[1]
LOCKS = ("verify.txt", "release.txt", "board.txt")
# As read off the projects' own tags.
ACTIONS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/deploy-pages": ("d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e", "v4.0.5"),
    "actions/attest-build-provenance": ("a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32", "v4.1.0"),
}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes by package."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    rows = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {}
    for row in rows:
        named = re.fullmatch(r"([a-z0-9.-]+)==([\w.!+]+)\s.*", row)
        assert named, row
        found[named[1]] = (named[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}", row)))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_hashes(name: str) -> None:
    packages = locked(name)
    assert {"click", "jsonschema", "rfc8785", "rich", "hatchling", "build"} <= packages.keys()
    assert [package for package, (_, hashes) in packages.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS[1:])
def test_the_other_locks_hold_what_a_verifier_installs(name: str) -> None:
    verify, other = locked("verify.txt"), locked(name)
    assert {name: other.get(name, ("",))[0] for name in verify} == {
        name: version for name, (version, _) in verify.items()
    }


def test_every_action_is_pinned_to_a_known_commit() -> None:
    texts = [*(ROOT / ".github/workflows").glob("*.yml"), ROOT / "action.yml"]
    uses = [line for path in texts for line in re.findall(r"uses: *(.+)", path.read_text("utf-8"))]
    assert len(uses) > 10
    for line in uses:
        if not line.startswith("./"):
            action, pin = line.split("@")
            assert pin == " # ".join(ACTIONS[action])


def test_one_version_everywhere() -> None:
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_evidence_names_the_versions_of_the_libraries_that_take_part() -> None:
    named = versions()
    assert named.keys() == {"cycleproof", "python", "jsonschema", "rfc8785"}
    assert all(re.fullmatch(r"\d[\w.+-]*", version) for version in named.values())


@pytest.mark.parametrize(
    ("tag", "heading", "right"),
    [
        (f"v{__version__}", f"## {__version__} - 2026-12-01", True),
        (f"v{__version__}", "## Unreleased", False),
        (f"v{__version__}", f"## {__version__}", False),
        ("v99.0.0", f"## {__version__} - 2026-12-01", False),
    ],
)
def test_a_tag_must_name_the_version_and_its_date(
    tmp_path: Path, tag: str, heading: str, right: bool
) -> None:
    workflow = (ROOT / ".github/workflows/release.yml").read_text()
    step = workflow.split("- name: The tag names the version")[1].split("run: |\n")[1]
    script = step.split("      - name:")[0]
    (tmp_path / "CHANGELOG.md").write_text(f"# Changes\n\n{heading}\n")
    answer = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_REF_NAME": tag,
        },
        capture_output=True,
        check=False,
    )
    assert (answer.returncode == 0) == right, answer.stderr


@pytest.mark.slow
def test_the_script_makes_all_that_a_release_hands_out(tmp_path: Path) -> None:
    needed = ["cyclonedx-py", "cycleproof"]
    if missing := [tool for tool in needed if shutil.which(tool) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    out = tmp_path / "out"
    subprocess.run(["bash", ROOT / ".github/release.sh", out], check=True, timeout=900)
    names = {path.name for path in out.iterdir()}
    assert {"kernel.json", "bundle.zip", "sbom.cdx.json", "SHA256SUMS"} < names
    assert len(names) == 6
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
        names.discard(name)
    assert names == {"SHA256SUMS"}
    parts = json.loads((out / "sbom.cdx.json").read_text())["components"]
    assert {part["name"]: part["version"] for part in parts} == {
        name: version for name, (version, _) in locked("verify.txt").items()
    }
