"""``cycleproof judge`` as it is run: hostile submissions between honest ones, kills, outputs."""

import csv
import json
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cycleproof.artifact.format import encode
from cycleproof.board.discover import discover
from cycleproof.board.isolation import isolated, wardens
from cycleproof.board.judging import ENDED, EVIDENCE, Answer, Job
from tests.corpus import generators
from tests.support.fixtures import CommandLine
from tests.support.processes import fields, marked, wait_for

from .entries import (
    GENERATOR,
    NONCE,
    SHAPE,
    TERMS,
    TERMS_FILE,
    board_of,
    command,
    environment,
    judge,
    kernel,
)

HOSTILE = {
    "fork-bomb": "fork_bomb.py",
    "memory-bomb": "memory_full.py",
    "crash": "crashes_interpreter.py",
    "endless": "sleeps.py",
}


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """No warden is left for the tests that come after."""
    with wardens():
        yield


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return board_of(tmp_path / "in", anna=kernel(), zoe=kernel(3), liar=kernel(2, wrong=True))


@pytest.mark.slow
def test_hostile_submissions_cost_their_limits_and_no_other_verdict(
    tmp_path: Path, inbox: Path
) -> None:
    for name, file in HOSTILE.items():
        (inbox / name).mkdir()
        source = Path(generators.__file__).with_name(file).read_text()
        (inbox / name / "perf_takehome.py").write_text(source)
    endless = encode(SHAPE, [{"flow": [["jump", 0]]}], 9, GENERATOR)
    (inbox / "loop.json").write_bytes(endless)
    start = time.monotonic()
    ended = judge(
        tmp_path,
        inbox,
        "-o",
        "b",
        "--build",
        "--jobs",
        "2",
        "--seen",
        "2026-01-01T00:00:00Z",
        "--json",
    )
    if "expected a time" in ended.stderr:
        pytest.fail(ended.stderr)
    rows = {row["name"]: row for row in json.loads(ended.stdout)["rows"] if row["board"] == "all"}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "anna": "PROVED",
        "zoe": "PROVED",
        "liar": "FAILED",
        "loop": "FAILED",
        **dict.fromkeys(HOSTILE, "REFUSED"),
    }
    assert "out of fuel" in rows["loop"]["reason"]
    assert "not built in 5 s" in rows["endless"]["reason"]
    assert time.monotonic() - start < 120
    assert ended.returncode == 1
    assert marked(str(inbox)) == set()


def job(tmp_path: Path, source: str, **limits: int) -> dict[str, Any]:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "perf_takehome.py").write_text(source)
    (submission,) = discover([tmp_path / "s"])
    terms = TERMS.from_json(TERMS.as_json() | {"build": True} | limits)
    return Job(submission, terms, NONCE).as_json()


SLEEPS = (
    "import time\nclass KernelBuilder:\n    def build_kernel(self, *a):\n        time.sleep(99)\n"
)


def test_the_clock_ends_a_submission_and_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other tests have folders, too
    answer = Answer(**isolated(job(tmp_path, SLEEPS, seconds=2, build_seconds=90)))
    assert (answer.status, answer.reason) == (ENDED, "it needs more than 2 s")
    assert not Path("/proc").exists() or marked(f"{tmp_path}/cycleproof-") == set()


def test_memory_is_limited(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_bytes(kernel())
    (submission,) = discover([tmp_path / "k.json"])
    terms = TERMS.from_json(TERMS.as_json() | {"memory_mib": 24})
    answer = Answer(**isolated(Job(submission, terms, NONCE).as_json()))
    assert answer.status == ENDED
    assert answer.base


@pytest.mark.slow
def test_an_answer_is_evidence_about_the_content(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_bytes(kernel())
    (submission,) = discover([tmp_path / "k.json"])
    answer = Answer(**isolated(Job(submission, TERMS, NONCE).as_json()))
    assert answer.status == EVIDENCE
    assert answer.content == submission.content == answer.described["file_sha256"]
    assert answer.described["shape"] == SHAPE._asdict()


@pytest.mark.slow
def test_killed_for_real_and_resumed(tmp_path: Path, inbox: Path) -> None:
    (tmp_path / "terms.toml").write_text(TERMS_FILE)
    arguments = (
        inbox,
        "-o",
        "b",
        "--terms",
        "terms.toml",
        "--seen",
        "2026-01-01T00:00:00Z",
        "--json",
    )
    draw = random.Random(5)
    for _ in range(4):
        child = subprocess.Popen(
            command(*arguments),
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(draw.uniform(0.3, 4))
        child.kill()
        child.wait()
        if Path("/proc").exists():
            wait_for(lambda: not _wardens())
    ended = judge(tmp_path, *arguments[:3], "--json")
    verdicts = {row["name"]: row["verdict"] for row in json.loads(ended.stdout)["rows"]}
    assert verdicts == {"anna": "PROVED", "zoe": "PROVED", "liar": "FAILED"}


def _wardens() -> list[str]:
    """Wardens whose head is gone: another test's have theirs."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            line = (process / "cmdline").read_bytes()
            parent = fields(int(process.name))[1]
        except (OSError, ValueError):  # not a process, or no longer one
            continue
        if b"cycleproof.board.warden" in line and parent == "1":
            found.append(process.name)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks in /proc")
def test_a_signal_ends_the_wardens_too(tmp_path: Path, inbox: Path) -> None:
    (tmp_path / "terms.toml").write_text(
        TERMS_FILE.replace("build-seconds = 5", "build-seconds = 60")
    )
    (inbox / "slow").mkdir()
    (inbox / "slow" / "perf_takehome.py").write_text(SLEEPS)
    arguments = (inbox, "-o", "b", "--terms", "terms.toml", "--build", "--jobs", "2")
    folder = {**environment(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command(*arguments), cwd=tmp_path, env=folder, stdout=-1, stderr=-1, text=True
    ) as child:
        wait_for(lambda: marked(f"{tmp_path}/cycleproof-"))
        child.send_signal(signal.SIGTERM)
        output = child.communicate(timeout=30)
        assert child.returncode == 128 + signal.SIGTERM, output
        said = "  what was judged is kept; the same command goes on from there\n"
        assert output[1] == "error: interrupted\n" + said
    assert marked(f"{tmp_path}/cycleproof-") == set()
    assert not list(tmp_path.glob("cycleproof-*"))


@pytest.mark.slow
def test_others_beside_a_generator_are_told(tmp_path: Path) -> None:
    inbox = board_of(tmp_path / "in", ben=b"[]")
    (inbox / "perf_takehome.py").write_text("x = 1\n")
    ended = judge(tmp_path, inbox, "-o", "b")
    said = " ".join(ended.stdout.split())
    assert "1 submission, 1 judged now" in said
    assert "not judged by themselves: ben.json; move perf_takehome.py into a folder" in said


@pytest.mark.slow
def test_outputs(tmp_path: Path) -> None:
    inbox = board_of(tmp_path / "in", liar=kernel(2, wrong=True), bad=b"[]")
    (inbox / "bad.submit.toml").write_text('name = "=cmd()"\nauthor = "<b>|x"\n')
    (inbox / "alice.py").write_text("")
    ended = judge(tmp_path, inbox, "-o", "b", "--csv", "r.csv", "--junit", "r.xml")
    assert ended.returncode == 1
    assert "FAILED: a check failed" in ended.stdout
    assert "2 submissions, 2 judged now" in ended.stdout
    passed_over = "passed over, as no artifact, bundle, dump or perf_takehome.py: alice.py\n"
    assert passed_over in ended.stdout
    rows = list(csv.DictReader((tmp_path / "r.csv").open(newline="")))
    assert [(row["name"], row["verdict"]) for row in rows] == [
        ("liar", "FAILED"),
        ("'=cmd()", "REFUSED"),
    ]
    text = (tmp_path / "r.xml").read_text()
    assert 'tests="2" failures="1" errors="1"' in text
    assert "&lt;b&gt;|x" in text


@pytest.mark.parametrize(
    ("terms", "complaint"),
    [
        ("seconds = 0", "1 or more"),
        ("shape = 3", 'expected a text, "10,16,256"'),
        ('shape = "1,2"', "--shape '1,2'"),
        ('require = ["prof"]', "'prof' is no requirement"),
        ("require = 3", "expected a list of names"),
        ("max-cycles = 0", "expected a number of cycles"),
        ("sekonds = 3", "'sekonds' is no key"),
        ("= 3", "not TOML"),
    ],
)
def test_bad_terms_are_one_line(
    tmp_path: Path, inbox: Path, cycleproof: CommandLine, terms: str, complaint: str
) -> None:
    (tmp_path / "t.toml").write_text(terms)
    arguments = ("judge", inbox, "-o", tmp_path / "b", "--terms", tmp_path / "t.toml")
    ended = cycleproof(*arguments)
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert len(ended.stderr.splitlines()) <= 2
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "in"), "REFUSED: in: holds the submissions"),
        (("-o", "b", "--title", "Cup"), "--title and --no-records go with --site"),
        (("-o", "b", "--no-records"), "--title and --no-records go with --site"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_judged(
    tmp_path: Path, inbox: Path, arguments: tuple[str, str, str, str] | tuple[str, str], says: str
) -> None:
    before = sorted(inbox.iterdir())
    ended = judge(tmp_path, inbox, *arguments)
    assert (ended.returncode, says in ended.stderr) == (2, True)
    assert sorted(inbox.iterdir()) == before
    assert not (tmp_path / "b").exists()


@pytest.mark.slow
def test_the_site_has_the_title_that_is_asked_for(tmp_path: Path, inbox: Path) -> None:
    ended = judge(tmp_path, inbox, "-o", "b", "--site", "--title", "Winter <cup>")
    assert ended.stdout.endswith("b/site: open index.html\n")
    assert "<h1>Winter &lt;cup&gt;</h1>" in (tmp_path / "b" / "site" / "index.html").read_text()
