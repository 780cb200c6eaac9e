"""Wheel and sdist: the same bytes whoever builds them, and in them what belongs there."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "*.egg-info")


def build(checkout: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Build both distributions of a copy of the project; their bytes by file name."""
    shutil.copytree(ROOT, checkout, ignore=LEFT_OUT)
    shutil.copy(ROOT / ".gitignore", checkout)
    target = checkout.parent / f"{checkout.name}-dist"
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), "."]
    subprocess.run(
        command, cwd=checkout, env=os.environ | environment, check=True, capture_output=True
    )
    return {path.name: path.read_bytes() for path in target.iterdir()}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(
        tmp_path_factory.mktemp("one") / "cycleproof",
        {"TZ": "UTC", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1700000000"},
    )


def members(distributions: dict[str, bytes], suffix: str, tmp_path: Path) -> dict[str, bytes]:
    ((name, data),) = ((n, d) for n, d in distributions.items() if n.endswith(suffix))
    path = tmp_path / name
    path.write_bytes(data)
    if suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {info: wheel.read(info) for info in wheel.namelist()}
    with tarfile.open(path) as sdist:
        files = {info.name: sdist.extractfile(info) for info in sdist.getmembers()}
        return {n.partition("/")[2]: file.read() for n, file in files.items() if file}


@pytest.mark.slow
def test_built_twice_the_same_bytes(
    distributions: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = os.umask(0o077)
    try:
        other = build(
            tmp_path / "elsewhere",
            {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1700000000"},
        )
    finally:
        os.umask(mask)
    assert sorted(distributions) == sorted(other)
    assert len(other) == 2
    for name, data in distributions.items():
        assert other[name] == data, name


@pytest.mark.slow
def test_the_wheel_holds_what_runs(distributions: dict[str, bytes], tmp_path: Path) -> None:
    wheel = members(distributions, ".whl", tmp_path)
    for folder in ("cycleproof", "frozen", "solution"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                assert wheel.get(name) == path.read_bytes(), name
    tops = {name.split("/")[0] for name in wheel}
    assert {top.split("-")[0] for top in tops} == {"cycleproof", "frozen", "solution"}
    assert any(name.endswith("cycleproof-1.schema.json") for name in wheel)
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    for typed in ("cycleproof", "solution"):
        assert f"{typed}/py.typed" in wheel


def test_the_sdist_is_enough_to_build_and_test(
    distributions: dict[str, bytes], tmp_path: Path
) -> None:
    sdist = members(distributions, ".tar.gz", tmp_path)
    for name in ("artifacts/kernel.json", "tox.ini", "README.md", "LICENSE", "docs/isa.md"):
        assert sdist.get(name) == (ROOT / name).read_bytes(), name
    assert "tests/install/packaging/test_distributions.py" in sdist
