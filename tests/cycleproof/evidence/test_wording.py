"""The first and the last line of every output, and the words behind them."""

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from cycleproof.base.errors import (
    EXIT_CODE_MEANINGS,
    CycleproofError,
    ExitCode,
    FrozenAltered,
    GeneratorFailed,
    RunnerFailed,
    Unreadable,
)
from cycleproof.evidence.model import (
    Evidence,
    Finding,
    Verdict,
    read_evidence,
)
from cycleproof.evidence.next_step import next_step
from cycleproof.evidence.wording import (
    CHECK_WORDS,
    WORDS,
    Word,
    headline,
    meaning,
    spelled,
    unjudged,
)
from cycleproof.view.glossary import GLOSSARY
from cycleproof.view.report.junit import junit
from cycleproof.view.report.markdown import markdown
from cycleproof.view.report.sarif import sarif
from cycleproof.view.report.terminal import print_evidence
from frozen.errors import Malformed
from frozen.problem import JUDGED, Shape

from ...support import samples

PASS, FAIL, UNKNOWN, SKIPPED = Verdict
PATH = Path("a b.json")


def evidence(*findings: Finding, shape: Shape = JUDGED) -> Evidence:
    about: dict[str, Any] = {"cycles": 1_026, "shape": shape._asdict()}
    return Evidence(about, {}, {}, findings)


def finding(check: str, verdict: Verdict = PASS, again: str = "", **figures: Any) -> Finding:
    return Finding(check, verdict, "", figures, (), again)


PROOF, SEEDS = finding("proof"), finding("seeds", fixed=8, fresh=8, replayed=0)
BUILT = finding("directed", official_inputs=14, wide_right=8)
LEFT_OUT = finding("proof", SKIPPED)
CASES = [
    (
        evidence(PROOF, SEEDS),
        "PROVED for all inputs: 1,026 cycles",
        "pack 'a b.json' -o submission.zip",
    ),
    (
        evidence(PROOF, shape=Shape(1, 2, 8)),
        "PROVED for all inputs at H=1 R=2 B=8, not the judged shape: 1,026 cycles",
        "pack 'a b.json' --any-shape -o submission.zip",
    ),
    (
        evidence(LEFT_OUT, SEEDS, BUILT),
        "TESTED on 16 seeds and 14 built inputs, not proved: 1,026 cycles",
        "verify 'a b.json'",
    ),
    (
        evidence(finding("seeds", fixed=1)),
        "TESTED on 1 seed, not proved: 1,026 cycles",
        "verify 'a b.json'",
    ),
    (
        evidence(finding("directed", official_inputs=0, wide_right=1)),
        "TESTED on 1 built input of 32-bit words, not proved: 1,026 cycles",
        "verify 'a b.json'",
    ),
    (
        evidence(finding("bulk", seeds=1_000_000), finding("upstream")),
        "TESTED on 1,000,000 bulk seeds and the official tests, not proved: 1,026 cycles",
        "verify 'a b.json'",
    ),
    (
        evidence(
            finding("proof", FAIL, "cycleproof prove k"),
            finding("seeds", FAIL, wrong_lane=17, wrong_round=3),
        ),
        "FAILED: proof, seeds (lane 17 is wrong from round 3 on)",
        "prove k",
    ),
    (
        evidence(finding("seeds", FAIL, wrong_lane=17)),
        "FAILED: seeds (lane 17 is wrong)",
        "trace 'a b.json' -o trace.pftrace",
    ),
    (
        evidence(
            finding("proof", FAIL, "cycleproof prove k", wrong_lane=17, wrong_on="a b"), SEEDS
        ),
        "FAILED: proof (lane 17 is wrong on a b)",
        "prove k",
    ),
    (
        evidence(
            finding("proof", FAIL, wrong_lane=3, wrong_on="a b"),
            finding("bulk", FAIL, wrong_lane=0, wrong_lanes=256),
        ),
        "FAILED: proof, bulk (all 256 lanes are wrong)",
        "show 'a b.json'",
    ),
    (
        evidence(finding("seeds", FAIL, wrong_lane=0, wrong_lanes=256, wrong_round=3)),
        "FAILED: seeds (all 256 lanes are wrong, lane 0 from round 3 on)",
        "trace 'a b.json' -o trace.pftrace",
    ),
    (
        evidence(finding("directed", FAIL, wrong_lane=5, wrong_lanes=2, wrong_on="a drawn start")),
        "FAILED: directed (2 lanes are wrong on a drawn start, the first is lane 5)",
        "trace 'a b.json' -o trace.pftrace",
    ),
    (
        evidence(finding("frozen", FAIL, fault="x" * 200)),
        f"FAILED: frozen ({'x' * 120}…)",
        "show 'a b.json'",
    ),
    (
        evidence(finding("frozen", FAIL, fault="bundle 7, " + "longer " * 40)),
        f"FAILED: frozen (bundle 7, {'longer ' * 14}longer…)",
        "show 'a b.json' --bundle 7",
    ),
    (evidence(PROOF, finding("lint", FAIL)), "FAILED: lint", "show 'a b.json'"),
    (
        evidence(PROOF, Finding("requirements", FAIL, "not met: at most 900 cycles")),
        "FAILED: requirements (not met: at most 900 cycles)",
        "show 'a b.json'",
    ),
    (
        evidence(
            PROOF, SEEDS, Finding("requirements", UNKNOWN, "not met: bulk (bulk was not run)")
        ),
        "OPEN: requirements not settled (not met: bulk (bulk was not run)); proved for all inputs;"
        " right on 16 seeds; 1,026 cycles claimed",
        "show 'a b.json'",
    ),
    (
        evidence(finding("proof", UNKNOWN, "cycleproof prove k"), SEEDS),
        "OPEN: proof not settled; right on 16 seeds; 1,026 cycles claimed",
        "prove k",
    ),
    (
        evidence(finding("decode")),
        "OPEN: no check of the outputs passed; 1,026 cycles claimed",
        "verify 'a b.json'",
    ),
    (
        evidence(),
        "OPEN: no check of the outputs passed; 1,026 cycles claimed",
        "verify 'a b.json'",
    ),
    (
        evidence(finding("seeds", fixed="8", fresh=True, replayed=-3)),
        "TESTED, not proved: 1,026 cycles",
        "verify 'a b.json'",
    ),
]


@pytest.mark.parametrize(("made", "line", "command"), CASES)
def test_first_and_last_line(made: Evidence, line: str, command: str) -> None:
    first = headline(made)
    assert first.line == line
    assert line.startswith(first.word)
    assert first.rest
    assert line.endswith(first.rest)
    assert first.word not in first.rest
    assert WORDS[first.word].code == made.exit_code
    assert next_step(made, PATH) == f"cycleproof {command}"


def test_the_shape_is_said_by_its_names_not_by_their_order_in_a_file() -> None:
    document = samples.evidence().as_json()
    shape = document["artifact"]["shape"]
    document["artifact"]["shape"] = dict(reversed(shape.items()))
    made = read_evidence(json.dumps(document).encode(), "e.json")
    said = str(samples.SHAPE)
    assert said in headline(made).line
    assert said in markdown(made, "k.json")
    shown_on = io.StringIO()
    print_evidence(made, PATH, Console(file=shown_on, width=200))
    assert f"({said}), by" in shown_on.getvalue()


def test_a_strangers_words_are_printed_safely() -> None:
    made = evidence(finding("frozen", FAIL, fault="\x1b[2J"))
    assert headline(made).line == "FAILED: frozen (\\x1b[2J)"


def test_every_output_begins_with_it_and_the_table_follows() -> None:
    made = samples.evidence()
    line = headline(made).line
    assert line == "PROVED for all inputs at H=3 R=4 B=8, not the judged shape: 1,184 cycles"
    shown_on = io.StringIO()
    console = Console(file=shown_on, width=200)
    print_evidence(made, Path("k.json"), console)
    shown = shown_on.getvalue().splitlines()
    assert shown[0] == line
    assert shown[-1] == "next: cycleproof pack k.json --any-shape -o submission.zip"
    assert "obligations" not in "".join(shown)
    assert markdown(made, "k.json").splitlines()[0] == f"# {line}"
    assert ElementTree.fromstring(junit(made)).get("name") == f"cycleproof: {line}"
    run = json.loads(sarif(made, "k.json"))["runs"][0]
    assert run["invocations"][0]["exitCodeDescription"] == line
    pytest.importorskip("jinja2")
    from cycleproof.analysis.summary import analyse
    from cycleproof.view.report.html import report_page

    page = report_page(analyse(samples.artifact().decoded), made, None, [], "k.json").decode()
    assert f"<title>{line} · k.json</title>" in page
    assert f'<h1 class="pass">{line}</h1>' in page


def test_verbose_brings_the_figures_of_specialists() -> None:
    shown_on = io.StringIO()
    console = Console(file=shown_on, width=200)
    print_evidence(samples.evidence(), Path("k.json"), console, verbose=True)
    shown = shown_on.getvalue()
    assert "obligations" in shown
    assert "dead slots" in shown
    assert samples.evidence().frozen["digest"] in shown


def test_the_meaning_is_for_people_who_know_only_the_challenge() -> None:
    assert meaning(samples.evidence()) == (
        f"For every possible input it computes what the challenge asks, in"
        f" {samples.artifact().decoded.cycles:,} cycles. A separate checker accepted the proof."
    )
    failed = evidence(PROOF, finding("seeds", FAIL, wrong_lane=1))
    assert meaning(failed) == "There is an input on which it does not do what the challenge asks."
    wider = finding("proof", FAIL, statement={"indices": "any", "header": "known"}, wrong_lane=1)
    for other in (evidence(wider), evidence(PROOF, finding("requirements", FAIL))):
        assert meaning(other) == "A check failed, or a requirement is not met."
    left_open = evidence(PROOF, finding("requirements", UNKNOWN))
    assert meaning(left_open) == (
        "For every possible input it computes what the challenge asks, in 1,026 cycles."
        " Not settled: requirements."
    )
    assert spelled(JUDGED) == "tree height 10, 16 rounds, 256 lanes (H=10 R=16 B=256)"


@pytest.mark.parametrize("word", ["forest", "final indices", "reference", "lint", "nonce"])
def test_the_report_explains_the_words_that_it_uses(word: str) -> None:
    assert [row.in_report for row in GLOSSARY if row.word == word] == [True]


def test_both_tables_are_whole() -> None:
    assert set(WORDS) == set(Word)
    assert set(CHECK_WORDS) == set(Verdict)
    assert {row.code for row in WORDS.values()} == set(ExitCode) - {
        ExitCode.MISSING,
        ExitCode.OURS,
    }
    assert set(EXIT_CODE_MEANINGS) == set(ExitCode)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (Unreadable("x"), "REFUSED"),
        (Malformed("x"), "REFUSED"),
        (FrozenAltered("x", "take a fresh copy"), "TAMPERED"),
        (RunnerFailed("x"), "OPEN"),
        (GeneratorFailed("x"), "error"),
    ],
)
def test_an_error_is_said_by_its_word_in_every_output(error: Any, word: str) -> None:
    said = unjudged(error)
    assert (said.word, said.line) == (word, f"{word}: x")
    assert said.code == (error.exit_code if isinstance(error, CycleproofError) else 2)
    assert markdown(said, "k.json").startswith(f"# {said.line}\n\nk.json (exit code {said.code:d})")
    suite = ElementTree.fromstring(junit(said))
    assert suite.get("name") == f"cycleproof: {said.line}"
    assert (suite.get("tests"), suite.get("errors")) == ("1", str(len(suite.findall("*/error"))))
    (run,) = json.loads(sarif(said, "k.json"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["exitCodeDescription"] == said.line
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, said.code)
    for output in (markdown(said, "k"), junit(said).decode(), sarif(said, "k").decode()):
        assert said.hint in output


ALTERED_CLONE = finding("upstream", UNKNOWN, "verify k.json --upstream CLONE", altered="up/a: is x")


def test_an_altered_clone_is_tampered_whatever_else_was_found() -> None:
    for others in ([PROOF, SEEDS], [finding("seeds", FAIL)], []):
        made = evidence(*others, ALTERED_CLONE)
        assert headline(made).line == "TAMPERED: up/a: is x"
        assert WORDS[Word.TAMPERED].code == made.exit_code == ExitCode.ALTERED
        assert next_step(made, PATH) == ALTERED_CLONE.reproduce
        assert not made.outputs_right


@pytest.mark.slow
def test_the_command_line_says_it(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_text("{")
    shown = samples.run("verify", "k.json", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("REFUSED: k.json: ")
    (tmp_path / "k.json").write_bytes(samples.artifact().data)
    (tmp_path / "frozen").mkdir()
    files = {"--junit": "j.xml", "--sarif": "s.sarif", "--summary": "s.md"}
    for name in files.values():
        (tmp_path / name).write_text("PROVED by an older run")
    asked = [word for pair in files.items() for word in pair]
    shown = samples.run("verify", "k.json", "--frozen", "frozen", *asked, cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (3, "")
    *told, line, hint = shown.stderr.splitlines()
    assert told == [f"{name} is there already and is replaced" for name in files.values()]
    assert line.startswith("TAMPERED: ")
    assert "take a fresh copy" in hint
    for name in files.values():
        text = (tmp_path / name).read_text()
        assert "TAMPERED: " in text
        assert "PROVED" not in text
    skipped = ("--skip", "proof", "--skip", "directed")
    shown = samples.run("verify", "k.json", *skipped, "--seeds", "0", cwd=tmp_path, COLUMNS="120")
    line = "TESTED on 8 seeds at H=3 R=4 B=8, not the judged shape, not proved: 1,184 cycles"
    assert shown.stdout.startswith(f"{line}\n")
    assert "left out by --skip" in shown.stdout
    assert shown.stdout.endswith("next: cycleproof verify k.json\n")
