"""The score card: what was established, without the kernel, and matched with it later."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.checks import Subject
from cycleproof.checks.attestation import Options, run
from cycleproof.evidence.attestation.statement import score_card
from cycleproof.evidence.model import Evidence, Finding, Found, Verdict
from cycleproof.evidence.wording import Word, headline
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from cycleproof.view.badge import COLOURS, badge
from frozen.ops import Program
from tests.support import signed

from ....support import cli, samples

CARD = score_card(samples.evidence())


def check_card(folder: Path, payload: bytes, artifact: LoadedArtifact | None = None) -> Found:
    file = folder / "card.intoto.jsonl"
    file.write_bytes(signed.envelope(payload, 0))
    subject = Subject(
        artifact or samples.artifact(),
        read_frozen(installed_folder()),
        (Options(file, (signed.public_file(folder),)),),
    )
    return run(subject)


def rewritten(program: Program, cycles: int, version: str = "1") -> LoadedArtifact:
    decoded = samples.artifact().decoded
    data = encode(decoded.shape, program, cycles, {**decoded.generator, "version": version})
    return LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))


def edited(key: str, value: object) -> bytes:
    document = json.loads(CARD)
    document["predicate"][key] = value
    return json.dumps(document).encode()


def with_verdict(check: str, verdict: Verdict) -> Evidence:
    """The sample's evidence with another answer of one check."""
    evidence = samples.evidence()
    findings = [
        Finding(check, verdict, "") if found.check == check else found
        for found in evidence.findings
    ]
    return Evidence(evidence.artifact, evidence.frozen, evidence.tool, findings)


def test_it_is_matched_with_the_program_it_is_about(tmp_path: Path) -> None:
    decoded = samples.artifact().decoded
    finding = check_card(tmp_path, CARD)
    assert finding.verdict is Verdict.PASS
    assert finding.established.startswith("1 statement about exactly this program")
    same_program = rewritten(decoded.program, decoded.cycles, "other file")
    assert check_card(tmp_path, CARD, same_program).verdict is Verdict.PASS


@pytest.mark.parametrize("change", ["program", "cycles"])
def test_another_kernel_does_not_match(tmp_path: Path, change: str) -> None:
    decoded = samples.artifact().decoded
    program = [*decoded.program, {"flow": [["halt"]]}] if change == "program" else decoded.program
    other = rewritten(program, decoded.cycles + (change == "cycles"))
    found = check_card(tmp_path, CARD, other)
    assert found.verdict is Verdict.FAIL
    told = [*found.notes, found.established]
    assert len(told) == 1, "the same is not said twice"
    assert ("the card is about another kernel" in told) == (change == "program")


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("cycles", 1, Verdict.FAIL),
        ("cycles", None, Verdict.FAIL),
        ("programSha256", "0" * 64, Verdict.FAIL),
        ("problem", {}, Verdict.FAIL),
        ("outcome", "FAILED", Verdict.FAIL),
        ("frozen", {"sha256": "0" * 64}, Verdict.UNKNOWN),
        ("frozen", [], Verdict.UNKNOWN),
    ],
)
def test_a_card_that_says_otherwise_does_not_pass(
    tmp_path: Path, key: str, value: object, verdict: Verdict
) -> None:
    assert check_card(tmp_path, edited(key, value)).verdict is verdict


def test_an_unsigned_card_is_nobodys(tmp_path: Path) -> None:
    file = tmp_path / "card"
    file.write_bytes(signed.envelope(CARD, 1))
    subject = Subject(
        samples.artifact(),
        read_frozen(installed_folder()),
        (Options(file, (signed.public_file(tmp_path, 0),)),),
    )
    assert run(subject).verdict is Verdict.FAIL


def test_nothing_of_the_kernel_is_in_it() -> None:
    """No slot, no op, no figure of an engine: only what the outputs were held against."""
    text = CARD.decode() + badge(samples.evidence()).decode()
    for word in ("valu ", "vload", "const", "vstore", "slots", str(cli.ROOT)):
        assert word not in text
    assert len(CARD) < 4000


@pytest.mark.parametrize(
    ("check", "verdict", "word"),
    [
        ("proof", Verdict.PASS, Word.PROVED),
        ("proof", Verdict.SKIPPED, Word.TESTED),
        ("proof", Verdict.UNKNOWN, Word.OPEN),
        ("upstream", Verdict.UNKNOWN, Word.OPEN),
    ],
)
def test_card_and_badge_say_the_word_of_the_first_line(
    tmp_path: Path, check: str, verdict: Verdict, word: Word
) -> None:
    made = with_verdict(check, verdict)
    assert headline(made).word is word
    card, picture = score_card(made), badge(made).decode()
    assert json.loads(card)["predicate"]["outcome"] == word
    assert [each for each in Word if each in picture] == [word]
    assert (COLOURS[Word.PROVED] in picture) == (word is Word.PROVED)
    matched = check_card(tmp_path, card)
    assert matched.verdict is Verdict.PASS


def test_the_badge_shows_what_was_proved_and_loads_nothing() -> None:
    data = badge(samples.evidence())
    root = ElementTree.fromstring(data)
    evidence, decoded = samples.evidence(), samples.artifact().decoded
    shown = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    tool = {**evidence.tool, **evidence.figures("proof")}
    assert shown == [  # to be seen, not in a description
        f"PROVED · {decoded.cycles:,} cycles",
        "right for all inputs, and the proof checked, at H=3 R=4 B=8",
        f"program {decoded.program_sha256}",
        f"frozen  {evidence.frozen['digest']}",
        f"by cycleproof {tool['cycleproof']}, prover {tool['prover']}, checker {tool['checker']},"
        f" frozen base {evidence.frozen['version']}",
    ]
    assert b"href" not in data
    assert b"<script" not in data


@pytest.mark.slow
def test_the_commands(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    signed.private_file(tmp_path)
    signed.public_file(tmp_path).rename(tmp_path / "me.key.pub")
    options = ["--key", "me.key", "--any-shape", "-o", "c.jsonl", "--badge", "b.svg"]
    made = samples.run("card", "kernel.json", *options, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    line = made.stdout.splitlines()[-1]
    typed = "cycleproof verify kernel.json --card c.jsonl --key me.key.pub"
    assert line == f"whoever gets the kernel later types: {typed}"
    assert b"PROVED" in (tmp_path / "b.svg").read_bytes()
    quick = ["--skip", "proof", "--skip", "directed", "--json"]
    matched = samples.run(*typed.split()[1:], *quick, cwd=tmp_path)
    findings = {found["check"]: found for found in json.loads(matched.stdout)["findings"]}
    assert (matched.returncode, findings["attestation"]["verdict"]) == (0, "pass")


@pytest.mark.slow
def test_no_card_for_another_shape_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    signed.private_file(tmp_path)
    made = samples.run("card", "kernel.json", "--key", "me.key", "-o", "c", cwd=tmp_path)
    assert made.returncode == 1
    assert not (tmp_path / "c").exists()
