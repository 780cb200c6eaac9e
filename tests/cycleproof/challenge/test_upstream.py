"""The challenge's own tests on an artifact: run untouched in a clean copy, and read with care."""

import dataclasses
import json
import re
from functools import partial
from pathlib import Path

import pytest

from cycleproof import api
from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.base.errors import Unreadable
from cycleproof.base.text import short
from cycleproof.challenge.facts import OFFICIAL
from cycleproof.challenge.loader import LOADER
from cycleproof.challenge.lockstep import compare_simulators
from cycleproof.challenge.official import read_outcome, run_official
from cycleproof.checks import Subject, seeds, upstream
from cycleproof.checks.upstream import Options, run
from cycleproof.checks.verify import verify
from cycleproof.evidence.model import Found, Verdict
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.ops import Bundle
from tests.support.clones import NAMES, SIMULATOR, TESTS, clone, pins_for
from tests.support.programs import Bundles

from ...support import samples

QUICK = ("--seeds", "0", "--skip", "proof", "--skip", "directed", "--json")


def checked(
    folder: Path, artifact: LoadedArtifact | None = None, simulator: str = SIMULATOR,
    tests: str = TESTS,
) -> Found:  # fmt: skip
    base = read_frozen(installed_folder())
    subject = Subject(artifact or samples.artifact(), base, (Options(folder),), nonce=samples.NONCE)
    return run(subject, pins_for(simulator, tests))


def changed(change: str) -> LoadedArtifact:
    """The sample with another claim, or wrong in its last store."""
    decoded = samples.artifact().decoded
    program = [dict(bundle) for bundle in decoded.program]
    cycles = decoded.cycles
    if change == "claim":
        cycles = 1199
    else:
        (last,) = program[-1]["store"]
        program[-1] = {"store": [[last[0], last[1], 0]]}
    data = encode(decoded.shape, program, cycles, decoded.generator)
    return LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))


def test_a_right_kernel_passes_and_everything_is_shown(tmp_path: Path) -> None:
    finding = checked(clone(tmp_path / "up", git=True))
    cycles = samples.artifact().decoded.cycles
    assert finding.verdict is Verdict.PASS, finding
    assert f"count {cycles:,} cycles and pass 5 of 9" in finding.established
    assert "below 4 of 8 thresholds" in finding.established
    assert "passed: test_right (__main__.RightTests.test_right)" in finding.notes
    assert "not passed: test_below_900 (__main__.SpeedTests.test_below_900)" in finding.notes
    assert finding.figures["cycles"] == [cycles]
    assert re.fullmatch("[0-9a-f]{40}", finding.figures["commit"])
    assert finding.figures["simulators"] == {"same": True, "bundles": 2 * cycles}
    assert set(finding.figures["files"]) == {*NAMES, "kernel.json", "perf_takehome.py"}
    shown = "\n".join(finding.notes)
    assert shown.count("unchanged: ") == 3
    assert shown.count("added: ") == 2
    for line in LOADER.decode().splitlines():
        assert f"+ {line}".rstrip() in finding.notes
    assert str(tmp_path) not in shown


def test_without_a_clone_or_for_another_shape_it_is_not_run(tmp_path: Path) -> None:
    subject = Subject(samples.artifact(), read_frozen(installed_folder()))
    assert run(subject).verdict is Verdict.SKIPPED
    assert "--upstream DIR" in run(subject).established
    folder = clone(tmp_path / "up")
    other = dataclasses.replace(subject, options=(Options(folder),))
    pins = pins_for()._replace(shape=OFFICIAL.shape)
    finding = run(other, pins)
    assert finding.verdict is Verdict.SKIPPED
    assert "the official tests judge H=10 R=16 B=256" in finding.established


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("claim", "count 1,184 cycles, 1,199 are claimed"),
        ("store", "pass 0 of the 5 that a right kernel"),
    ],
)
def test_a_wrong_kernel_or_claim_fails(tmp_path: Path, change: str, says: str) -> None:
    finding = checked(clone(tmp_path / "up"), changed(change))
    assert finding.verdict is Verdict.FAIL
    assert says in finding.established
    assert finding.reproduce.startswith("cycleproof verify kernel.json --upstream ")
    assert "not a git clone" in finding.notes[0]


def test_a_simulator_that_computes_otherwise_is_found(tmp_path: Path) -> None:
    """One word of scratch that no output depends on: only the side-by-side run can see it."""
    broken = SIMULATOR.replace(
        "        for address, word in memory_writes.items():",
        "        core.scratch[1535] = self.cycle == 700\n"
        "        for address, word in memory_writes.items():",
    )
    finding = checked(clone(tmp_path / "up", broken), simulator=broken)
    assert finding.verdict is Verdict.FAIL
    assert (
        finding.established == "the two simulators part after bundle 700, executed bundle 700:"
        " scratch word 1535 is 0 here and True upstream"
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("def __init__(self, mem_dump,", "def __init__(self, extra, mem_dump,", "missing a requ"),
        ("class Machine:", "class Device:", "it has no Machine"),
        ("self.program = program", "self.program = [*program]", "does not fetch bundles"),
        ("Core([0] * SCRATCH_SIZE)", "Core({i: 0 for i in range(1536)})", "its scratch of 1,536"),
    ],
)
def test_an_unknown_interface_is_not_run_with_the_reason(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    other = SIMULATOR.replace(old, new)
    assert other != SIMULATOR
    finding = checked(clone(tmp_path / "up", other), simulator=other)
    assert reason in finding.figures["simulators"]["not_run"]
    assert any("side by side: not run" in note for note in finding.notes)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "while core.running",
            "while self.cycle < 100",
            "upstream ends after 100 bundles, not 1,184",
        ),
        ("self.cycle += any(", "self.cycle += 2 * any(", "upstream counts 2,368 cycles"),
        (
            "core.pc += 1\n",
            "core.pc += 1 + (core.pc == 5)\n",
            "upstream executes bundle 7, the frozen machine 6",
        ),
        (
            "            self.step(core, bundle)\n",
            "            self.step(core, bundle)\n"
            "            core.pc %= 1184 if self.cycle < 2000 else 9999\n",
            "upstream executes bundle 0, the frozen machine has ended",
        ),
        ("def alu(self, core", "def alu(self, none, core", "TypeError"),
    ],
)
def test_simulators_that_part_are_told_where(old: str, new: str, says: str) -> None:
    other = SIMULATOR.replace(old, new, 1)
    assert other != SIMULATOR
    base = read_frozen(installed_folder())
    answer = compare_simulators(base, other.encode(), samples.artifact().data, [0])
    assert says in answer.get("at", answer.get("not_run", ""))


@pytest.mark.slow
def test_tests_that_end_otherwise_are_unknown_never_passed(tmp_path: Path) -> None:
    for number, (old, new, says) in enumerate(
        [
            ("if __name__", "import os; os._exit(0)\nif __name__", "did not end as unittest"),
            ("(5000, 2000,", "(2000,", "8 official tests ran; 9 are known"),
            ("import unittest\n", "import unittest\nimport nothing\n", "did not end as unittest"),
        ]
    ):
        tests = TESTS.replace(old, new)
        finding = checked(clone(tmp_path / str(number), tests=tests), tests=tests)
        assert finding.verdict is Verdict.UNKNOWN
        assert says in finding.established


def test_a_file_that_the_run_leaves_behind_is_a_failure(tmp_path: Path) -> None:
    tests = TESTS.replace("if __name__", "open('left.txt', 'w').close()\nif __name__")
    finding = checked(clone(tmp_path / "up", tests=tests), tests=tests)
    assert finding.verdict is Verdict.FAIL
    assert finding.established.endswith("while the tests ran: left.txt")


def test_a_folder_that_is_no_clone_stops_the_run(tmp_path: Path) -> None:
    """A slip of the pen gives no second verdict, and no file keeps an older one."""
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "j.xml").write_text("PROVED by an older run")
    (tmp_path / "up").mkdir()
    asked = ("--upstream", "up", "--junit", "j.xml")
    shown = samples.run("verify", "kernel.json", *asked, cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (2, "")
    told, line, hint = shown.stderr.splitlines()
    assert told == "j.xml is there already and is replaced"
    assert line == "REFUSED: up: an empty folder"
    assert "--upstream takes a clone" in hint
    assert line in (tmp_path / "j.xml").read_text()
    with pytest.raises(Unreadable, match="an empty folder"):
        api.verify(samples.artifact(), upstream=tmp_path / "up")


@pytest.mark.slow
def test_an_altered_clone_is_looked_at_first_and_the_other_checks_are_kept(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    folder = clone(tmp_path / "up")
    shown = samples.run("verify", "kernel.json", "--upstream", folder, *QUICK, cwd=tmp_path)
    assert shown.returncode == 3
    assert shown.stderr.startswith("TAMPERED: ")
    findings = {f["check"]: f for f in json.loads(shown.stdout)["findings"]}
    assert findings["seeds"]["verdict"] == "pass"
    assert findings["upstream"]["verdict"] == "unknown"
    assert findings["upstream"]["established"].startswith("not run: ")
    # Again with the same folder would say the same again.
    assert findings["upstream"]["reproduce"] == "cycleproof verify kernel.json --upstream CLONE"


@pytest.mark.slow
def test_giant_shifts_end_in_the_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python builds the whole integer of 2**32 bits, which nothing but the limit ends."""
    simulator = SIMULATOR.replace("(a << b) % 2**32 if b < 32 else 0", "(a << b) % 2**32")
    assert simulator != SIMULATOR
    decoded = samples.artifact().decoded
    shifts: Bundles = [{"alu": [["<<", 1535, 1533, 1534]]}] * 400
    bomb: list[Bundle] = [
        {"load": [["const", 1533, 1], ["const", 1534, 2**32 - 1]]},
        *shifts,
        *decoded.program,
    ]
    data = encode(decoded.shape, bomb, len(bomb), decoded.generator)
    loaded = LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))
    monkeypatch.setattr(upstream, "run_official", partial(run_official, seconds=2))
    finding = checked(clone(tmp_path / "up", simulator), loaded, simulator)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.established == "the official tests did not end in 2 s"
    assert finding.figures["simulators"] == {"not_run": "the official tests took all the time"}
    base = read_frozen(installed_folder())
    answer = compare_simulators(base, simulator.encode(), data, [0], seconds=2)
    assert answer == {"not_run": "it did not end in 2 s"}


@pytest.mark.slow
def test_the_command_line_knows_only_the_official_pins(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    folder = clone(tmp_path / "up")
    result = samples.run("verify", "kernel.json", "--upstream", folder, *QUICK, cwd=tmp_path)
    assert result.returncode == 3
    assert "TAMPERED: upstream " in result.stderr
    assert short(OFFICIAL.files["problem.py"].sha256) in result.stderr
    assert json.loads(result.stdout)["exit_code"] == 3


@pytest.mark.parametrize(
    ("report", "status", "trouble"),
    [
        ("test_a (m.C.test_a) ... ok\n\nRan 1 test in 0.1s\n\nOK\n", 0, False),
        ("test_a (m.C.test_a)\nIts docstring. ... ok\n\nRan 1 test in 0.1s\n\nOK\n", 0, False),
        ("test_a (m.C.test_a) ... FAIL\n\nRan 1 test in 0.1s\n\nFAILED\n", 1, False),
        ("test_a (m.C.test_a) ... ok\n\nRan 1 test in 0.1s\n\nOK\n", 1, True),
        ("test_a (m.C.test_a) ... FAIL\n\nRan 1 test in 0.1s\n\nFAILED\n", 0, True),
        ("test_a (m.C.test_a) ... ok\n\nRan 2 tests in 0.1s\n\nOK\n", 0, True),
        ("test_a (m.C.test_a) ... ok\n", 0, True),
        ("\nRan 0 tests in 0.0s\n\nOK\n", 0, True),
        ("", 0, True),
        ("", -9, True),
    ],
)
def test_what_unittest_says_must_agree_with_itself(report: str, status: int, trouble: bool) -> None:
    outcome = read_outcome("CYCLES:  12\nCYCLES:  12\nother\n", report, status)
    assert bool(outcome.trouble) == trouble
    assert outcome.cycles == [12]


GIANT: Bundles = [
    {"load": [["const", 1500, 2**31], ["const", 1501, 1]]},
    {"alu": [["<<", 1502, 1501, 1500]] * 12},
]


def test_what_its_machine_cannot_run_is_not_given_to_it(tmp_path: Path) -> None:
    """``verify`` does not start the challenge's tests where the check ``shifts`` fails."""
    decoded = samples.artifact().decoded
    program: list[Bundle] = [*GIANT, *decoded.program]
    data = encode(decoded.shape, program, len(program), decoded.generator)
    artifact = LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))
    subject = Subject(
        artifact,
        read_frozen(installed_folder()),
        (Options(clone(tmp_path / "up")), seeds.Options(0)),
    )
    skip = {"proof", "directed", "bulk", "reproduce", "attestation"}
    evidence = verify(subject, skip)
    findings = {finding.check: finding for finding in evidence.findings}
    assert findings["shifts"].verdict is Verdict.FAIL
    assert findings["upstream"].established == "the check shifts did not pass"
