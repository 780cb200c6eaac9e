"""Runs the corpus ``folder``: the installed command among traps, and in an empty folder."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from cycleproof.proof.prover import prove
from frozen.problem import Shape
from tests.corpus.folder import TRIALS, set_traps
from tests.cycleproof.checker.test_check import certificate, program
from tests.support import samples

pytest.importorskip("z3")
pytest.importorskip("jinja2")
pytest.importorskip("detect_secrets")
COMMAND = Path(sysconfig.get_path("scripts"), "cycleproof")
TIMES = re.compile(r"\d+(\.\d+)? ?m?s\b|\"seconds\": ?[\d.e-]+")

# (a | b) + (a & b) == a + b: only a solver settles it.
SHAPE = Shape(1, 1, 2)
HARD = [
    {"load": [["const", 1, 12], ["const", 2, 13]]},
    {"load": [["load", 3, 1], ["load", 4, 2]]},
    {"alu": [["|", 5, 3, 4], ["&", 6, 3, 4]]},
    {"alu": [["+", 7, 5, 6]]},
]
STEPS = [12, 13, ["V", -1, 6], ["V", -1, 6, 0], ["V", -1, 6, 1], ["|", 3, 4], ["&", 3, 4]]


@pytest.fixture(scope="module")
def given(tmp_path_factory, root):
    """Artifacts, certificates and evidence that the commands read."""
    folder = tmp_path_factory.mktemp("given")
    artifact = samples.artifact()
    (folder / "k.json").write_bytes(artifact.data)
    proved = prove(artifact.decoded, certificate=True).certificate
    (folder / "k.cert").write_bytes(proved or b"")
    (folder / "evidence.json").write_bytes(samples.evidence().encode())
    steps = [*STEPS, ["+", 3, 4]]
    hard = certificate(program(*HARD, shape=SHAPE), [[0, 1], [3, 4], [5, 6], [7]], steps)
    (folder / "hard.cert").write_bytes(hard)
    generator = artifact.decoded.generator
    (folder / "hard.json").write_bytes(encode(SHAPE, HARD, len(HARD), dict(generator)))
    style = root / "tests" / "data" / "upstream_style" / "perf_takehome.py"
    shutil.copy(style, folder / "perf_takehome.py")
    return folder


def outcome(trial, given, folder, out):
    """Exit status, output and written files; what takes time is left out."""
    out.mkdir()
    done = subprocess.run(
        [COMMAND, *(part.format(given=given, out=out) for part in trial.command)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"COLUMNS": "300", **samples.NO_STORE},
        check=False,
        timeout=300,
    )
    written = {path.name: path.read_bytes() for path in sorted(out.iterdir())}
    shutil.rmtree(out)
    return done.returncode, TIMES.sub("", done.stdout), TIMES.sub("", done.stderr), written


@pytest.mark.slow
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_trial(trial, given, tmp_path):
    empty, trapped, mark = (tmp_path / name for name in ("empty", "trapped", "SPRUNG"))
    empty.mkdir()
    trapped.mkdir()
    set_traps(trapped, mark)
    before = sorted(trapped.rglob("*"))
    wanted = outcome(trial, given, empty, tmp_path / "out")
    assert wanted[0] == trial.case.exit_code, wanted[:3]
    assert trial.case.says in wanted[1] + wanted[2]
    assert outcome(trial, given, trapped, tmp_path / "out") == wanted
    assert not mark.exists()
    assert (sorted(trapped.rglob("*")), list(empty.iterdir())) == (before, [])
