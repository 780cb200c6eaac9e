"""Runs the corpus ``folder``: the installed command among traps, and in an empty folder."""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from cycleproof.cli import COMMANDS
from cycleproof.proof.prover import prove
from frozen.problem import Shape
from tests.corpus.folder import ISOLATED, SETTINGS, TRIALS, Trial, set_traps
from tests.support import samples
from tests.support.certificates import certificate, program
from tests.support.clones import commit
from tests.support.programs import Bundles

pytest.importorskip("z3")
pytest.importorskip("cvc5")
pytest.importorskip("detect_secrets")
pytest.importorskip("securesystemslib")
pytest.importorskip("pyinstrument")
pytest.importorskip("jinja2")
COMMAND = Path(sysconfig.get_path("scripts"), "cycleproof")
TIMES = re.compile(r"\d+(\.\d+)? ?m?s\b|\"seconds\": ?[\d.e-]+")

# (a | b) + (a & b) == a + b: only a solver settles it.
SHAPE = Shape(1, 1, 2)
HARD: Bundles = [
    {"load": [["const", 1, 12], ["const", 2, 13]]},
    {"load": [["load", 3, 1], ["load", 4, 2]]},
    {"alu": [["|", 5, 3, 4], ["&", 6, 3, 4]]},
    {"alu": [["+", 7, 5, 6]]},
]
STEPS = [12, 13, ["V", -1, 6], ["V", -1, 6, 0], ["V", -1, 6, 1], ["|", 3, 4], ["&", 3, 4]]


FIGURES = re.compile(r"[0-9a-f]{8,}|\d[\d.]*(e-\d+)?")
SLOW_CLOCK = re.compile(r"pyinstrument: the timer.*", re.DOTALL)  # told on a busy machine only


def run(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        env={"COLUMNS": "300", **environment},
        check=False,
        timeout=600,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Artifacts, certificates, evidence, a key, a board: what the commands read."""
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
    (folder / "theirs").mkdir()
    shutil.copy(style, folder / "theirs")
    shutil.copy(root / "artifacts" / "kernel.json", folder / "shipped.json")
    shutil.copy(root / "artifacts" / "kernel.evidence.json", folder / "shipped.evidence")
    shutil.copy(root / "artifacts" / "history.jsonl", folder)
    project = folder / "project"
    shutil.copytree(root / "frozen", project / "frozen", ignore=shutil.ignore_patterns("__*__"))
    shutil.copy(root / "frozen" / "__init__.py", project / "frozen")
    shutil.copy(root / "frozen" / "__main__.py", project / "frozen")
    commit(project)
    size = ",".join(map(str, samples.SHAPE))
    (folder / "terms.toml").write_text(f'shape = "{size}"\nbuild-seconds = 60\n')
    for line in (
        "key new -o {given}/me.key",
        "verify {given}/k.json",
        "judge {given}/k.json -o {given}/board --terms {given}/terms.toml",
    ):
        words = [word.format(given=folder) for word in line.split()]
        done = run([COMMAND, *words], folder, stored(folder))
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def stored(given: Path) -> dict[str, str]:
    """Where the account's secret and its store are: both outside the folder of the trial."""
    return {"XDG_STATE_HOME": str(given / "state"), "XDG_CACHE_HOME": str(given / "cache")}


def outcome(
    trial: Trial,
    given: Path,
    folder: Path,
    out: Path,
    command: Sequence[str | Path] = (COMMAND,),
    **settings: str,
) -> tuple[int, str, str, dict[Path, bytes]]:
    """Exit status, output and written files; what takes time is left out."""
    out.mkdir()
    arguments = [part.format(given=given, out=out) for part in trial.command]
    environment = {name: text.format(folder=folder) for name, text in settings.items()}
    done = run([*command, *arguments], folder, environment | stored(given))
    files = {path.relative_to(out): path for path in sorted(out.rglob("*")) if path.is_file()}
    written = {name: b"" if trial.draws else path.read_bytes() for name, path in files.items()}
    shutil.rmtree(out)

    def kept(said: str) -> str:
        said = TIMES.sub("", said)
        return FIGURES.sub("#", SLOW_CLOCK.sub("", said)) if trial.draws else said

    return done.returncode, kept(done.stdout), kept(done.stderr), written


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """An empty folder, one full of traps, and the file that a sprung trap leaves."""
    empty, trapped, mark = (tmp_path / name for name in ("empty", "trapped", "SPRUNG"))
    empty.mkdir()
    trapped.mkdir()
    set_traps(trapped, mark)
    return empty, trapped, mark


@pytest.mark.slow
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_trial(trial: Trial, given: Path, folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    empty, trapped, mark = folders
    before = sorted(trapped.rglob("*"))
    wanted = outcome(trial, given, empty, tmp_path / "out")
    assert wanted[0] == trial.case.exit_code, wanted[:3]
    assert trial.case.says in wanted[1] + wanted[2]
    assert outcome(trial, given, trapped, tmp_path / "out", **SETTINGS) == wanted
    assert not mark.exists()
    assert (sorted(trapped.rglob("*")), list(empty.iterdir())) == (before, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["verify-reproduce", "solver-z3", "report"])
def test_isolated_python_obeys_no_setting(
    name: str, given: Path, folders: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """The way out where the environment itself is not to be trusted."""
    empty, trapped, mark = folders
    (trial,) = (trial for trial in TRIALS if trial.case.name == name)
    command = (sys.executable, "-I", "-m", "cycleproof")
    wanted = outcome(trial, given, empty, tmp_path / "out")
    settings = SETTINGS | ISOLATED
    assert outcome(trial, given, trapped, tmp_path / "out", command, **settings) == wanted
    assert not mark.exists()


def test_every_command_has_a_trial() -> None:
    assert {trial.command[0] for trial in TRIALS} == set(COMMANDS)


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        ((sys.executable, "-m", "cycleproof", "--version"), {}),
        ((COMMAND, "--version"), {"PYTHONPATH": ISOLATED["PYTHONPATH"]}),
        ((sys.executable, "-c", "import z3"), {}),
        (("/bin/sh", "-c", "git status"), SETTINGS),
    ],
)
def test_the_traps_are_live(
    command: Sequence[str | Path],
    settings: dict[str, str],
    folders: tuple[Path, Path, Path],
) -> None:
    """What is not kept from them springs them."""
    _, trapped, mark = folders
    environment = {name: text.format(folder=trapped) for name, text in settings.items()}
    run(command, trapped, environment)
    assert mark.exists()
