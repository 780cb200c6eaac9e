"""The last line of every output: one command, and never the one that was just typed."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.audit import settle
from cycleproof.base.budget import _outlook
from cycleproof.base.gauge import Seen
from cycleproof.checks import proof, reproduce
from cycleproof.checks.bulk import MORE_SEEDS
from cycleproof.cli import cli
from cycleproof.evidence.model import ALTERED, INSTEAD, Evidence, Finding, Verdict
from cycleproof.evidence.next_step import last_lines, next_step
from cycleproof.evidence.policy import REQUIREMENTS, Requirements, hold
from cycleproof.proof import prover
from frozen.ops import Bundle
from frozen.problem import JUDGED
from tests.support import samples
from tests.support.programs import Bundles

PASS, FAIL, UNKNOWN, SKIPPED = Verdict
PATH = Path("a b.json")


def evidence(*findings: Finding) -> Evidence:
    return Evidence({"cycles": 1_026, "shape": JUDGED._asdict()}, {}, {}, findings)


def finding(check: str, verdict: Verdict = PASS, again: str = "", **figures: Any) -> Finding:
    return Finding(check, verdict, "", figures, (), again)


def test_it_shows_the_failure_in_a_run_where_there_is_one() -> None:
    slow = finding("proof", FAIL, "cycleproof prove k.json")
    fast = finding("seeds", FAIL, "cycleproof verify k.json --seed 0")
    assert next_step(evidence(slow, fast), PATH) == fast.reproduce
    assert next_step(evidence(slow, finding("seeds", FAIL)), PATH) == slow.reproduce


def test_a_bundle_is_not_packed_again() -> None:
    proof_, bundle = finding("proof"), Path("b.zip")
    assert next_step(evidence(proof_), bundle) == "cycleproof verify b.zip --upstream CLONE"
    both = evidence(proof_, finding("upstream"))
    assert next_step(both, bundle) == "cycleproof report b.zip -o report.html"


ONE_SEED = Finding("lint", SKIPPED, "left out by --seed")
ONE_INPUT = Finding("lint", SKIPPED, "left out by --input")
FAULT = "bundle 21, load slot 0, operand addr: load at 40, outside memory (0..37)"
TYPED = {
    "verify k --seed 5": evidence(
        finding("seeds", FAIL, "cycleproof verify k --seed 5", wrong_lane=1, wrong_seed=5), ONE_SEED
    ),
    "verify k --seed 6": evidence(
        finding("seeds", FAIL, "cycleproof verify k --seed 6", fault=FAULT), ONE_SEED
    ),
    "verify k --seed 0": evidence(
        finding("frozen", FAIL, "cycleproof verify k --seed 0", fault=FAULT), ONE_SEED
    ),
    "verify k --input zeros": evidence(
        finding("directed", FAIL, "cycleproof verify k --input zeros", wrong_lane=1), ONE_INPUT
    ),
    "verify k --indices any --nonce 00": evidence(
        finding("seeds", FAIL, "cycleproof verify k --indices any --nonce 00", replayed=8)
    ),
    "verify k --upstream up": evidence(
        finding("proof"), finding("upstream", UNKNOWN, "cycleproof verify k --upstream up")
    ),
    "verify k --card c --key p": evidence(finding("proof"), finding("attestation", FAIL)),
    "verify k": evidence(finding("seeds", FAIL, cycles=[7])),
}


@pytest.mark.parametrize("typed", TYPED)
def test_it_is_never_what_was_typed(typed: str) -> None:
    step = next_step(TYPED[typed], Path("k"))
    assert step != f"cycleproof {typed}"
    assert "--brief" not in step


def test_a_wrong_seed_is_traced() -> None:
    step = next_step(TYPED["verify k --seed 5"], PATH)
    assert step == "cycleproof trace 'a b.json' --seed 5 -o trace.pftrace"


@pytest.mark.parametrize("seed", [0, 6])
def test_a_fault_leads_to_its_bundle(seed: int) -> None:
    step = next_step(TYPED[f"verify k --seed {seed}"], PATH)
    assert step == "cycleproof show 'a b.json' --bundle 21"


def test_what_no_option_answers_leads_to_what_does() -> None:
    stuck = Finding("bulk", SKIPPED, "", {INSTEAD: MORE_SEEDS})
    made = hold(evidence(finding("proof"), stuck), Requirements(("bulk",)))
    assert next_step(made, PATH) == "cycleproof verify 'a b.json' --seeds 2000"


@pytest.mark.parametrize("asked", [False, True])
def test_a_strangers_kernel_is_built_again_from_its_sources(asked: bool) -> None:
    shape, cycles, _, program, _ = samples.artifact().decoded
    generator = {"name": "me", "version": "1", "sources_sha256": "0" * 64}
    data = encode(shape, program, cycles, generator)
    subject = replace(
        samples.subject(),
        artifact=LoadedArtifact(PATH, data, decode(data, "k")),
        options=(reproduce.Options(asked),),
    )
    found = Finding("reproduce", *reproduce.run(subject))
    made = hold(evidence(finding("proof"), found), Requirements(("reproduce",)))
    meant, step = last_lines(made, PATH)
    assert step == "next: cycleproof build SOURCES -o again.json"
    assert meant.startswith("SOURCES stands for the generator's sources")


def test_an_altered_clone_is_replaced() -> None:
    altered = finding("upstream", UNKNOWN, "verify k --upstream CLONE", **{ALTERED: "x"})
    assert next_step(evidence(altered), PATH) == altered.reproduce


@pytest.mark.parametrize("row", REQUIREMENTS, ids=lambda row: row.name)
def test_a_requirement_that_nothing_answers_names_the_option_that_does(row: Any) -> None:
    made = hold(evidence(finding("proof")), Requirements((row.name,), 2_000))
    step = next_step(made, PATH)
    if made.findings[-1].verdict is not UNKNOWN:
        assert step == "cycleproof pack 'a b.json' -o submission.zip"
    elif row.asked is None:
        assert step == "cycleproof show 'a b.json'"
    else:
        asked = f"--require {row.name} --max-cycles 2000"
        assert step == " ".join(["cycleproof verify 'a b.json'", *row.asked, asked])


def test_a_spent_budget_names_a_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the proof, and that of its check."""
    subject = replace(samples.subject(), options=(proof.Options(budget=1),))

    def spent(*_: object) -> Any:
        raise _outlook(1, Seen("", 0, 0, 0))

    monkeypatch.setattr(prover, "within", spent)
    assert proof.run(subject).reproduce == "cycleproof verify kernel.json --budget 10"
    monkeypatch.undo()
    monkeypatch.setattr(settle, "within", spent)
    assert proof.run(subject).reproduce == "cycleproof verify kernel.json"


def faulting() -> bytes:
    """The sample with a load from outside memory in its third bundle."""
    shape, _, generator, program, _ = samples.artifact().decoded
    load: Bundles = [{"load": [["const", 1, 99]]}, {"load": [["load", 2, 1]]}]
    faulty: list[Bundle] = [program[0], *load, *program[1:]]
    return encode(shape, faulty, len(faulty), generator)


def test_a_bundle_of_a_run_that_faults_is_shown(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_bytes(faulting())
    shown = samples.run("show", "faults.json", "--bundle", "2", cwd=tmp_path)
    assert (shown.returncode, shown.stderr[:24]) == (0, "the run faults: bundle 2")
    assert "s2 = mem[s1]" in shown.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [
        "verify wrong.json",
        "verify wrong.json --seed 0",
        "verify wrong.json --input stream:0",
        "verify right.json --require bulk --require final-indices",
        "verify right.json --max-cycles 800",
        "verify faults.json",
    ],
)
def test_whoever_follows_it_never_walks_in_a_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    (tmp_path / "wrong.json").write_bytes(samples.without_last_store())
    (tmp_path / "right.json").write_bytes(samples.artifact().data)
    (tmp_path / "faults.json").write_bytes(faulting())
    monkeypatch.chdir(tmp_path)
    typed, line = [], f"cycleproof {first}"
    while line:
        assert line not in typed
        typed.append(line)
        shown = CliRunner().invoke(cli, shlex.split(line)[1:], standalone_mode=False)
        assert shown.exception is None, (line, shown.exception)
        last = shown.output.splitlines()[-1:]
        line = next(
            (each.removeprefix("next: ") for each in last if "next: cycleproof " in each), ""
        )
    assert len(typed) > 1
