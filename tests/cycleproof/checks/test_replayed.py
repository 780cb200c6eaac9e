"""The seeds of a given nonce are replayed: they are no fresh evidence, and nobody signs them."""

import dataclasses
from pathlib import Path

import pytest

from cycleproof.base.errors import Refused
from cycleproof.checks import CHECKS, seeds
from cycleproof.evidence.model import Evidence
from cycleproof.evidence.policy import NONE, require
from tests.support import samples

CHECK = next(check for check in CHECKS if check.name == "seeds")


def with_seeds(**change: object) -> Evidence:
    """The sample evidence with its finding on seeds made anew."""
    finding = CHECK.run(dataclasses.replace(samples.subject(), **change))  # type: ignore[arg-type]
    evidence = samples.evidence()
    findings = [finding if old.check == "seeds" else old for old in evidence.findings]
    return dataclasses.replace(evidence, findings=findings)


def test_a_drawn_nonce_is_fresh_and_a_given_one_replayed() -> None:
    fresh = seeds.run(samples.subject())
    replayed = seeds.run(dataclasses.replace(samples.subject(), replayed=True))
    assert "8 fixed and 8 fresh seeds" in fresh.established
    assert (fresh.figures["fresh"], fresh.figures["replayed"]) == (8, 0)
    assert "8 fixed and 8 replayed seeds" in replayed.established
    assert (replayed.figures["fresh"], replayed.figures["replayed"]) == (0, 8)
    assert not any("fresh" in note for note in replayed.notes)


def test_evidence_without_a_fresh_seed_carries_nothing() -> None:
    require(samples.artifact(), with_seeds(), NONE)
    with pytest.raises(Refused, match="its seeds were replayed"):
        require(samples.artifact(), with_seeds(replayed=True), NONE)
    with pytest.raises(Refused, match="no fresh seeds"):
        require(samples.artifact(), with_seeds(options=(seeds.Options(0),)), NONE)


@pytest.mark.slow
def test_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    words = ("kernel.json", "--nonce", samples.NONCE.hex())
    shown = samples.run("verify", *words, "--skip", "proof", cwd=tmp_path, COLUMNS="200")
    assert shown.returncode == 0
    assert "8 replayed seeds" in shown.stdout
    assert "fresh" not in shown.stdout
    made = samples.run("verify", *words, "--json", cwd=tmp_path)
    (tmp_path / "evidence.json").write_text(made.stdout)
    samples.run("key", "new", "-o", "me.key", cwd=tmp_path)
    for command in (("pack", "--any-shape"), ("attest", "--any-shape", "--key", "me.key")):
        name, *more = command
        ends = [
            samples.run(name, "kernel.json", *more, "-o", "out", *given, cwd=tmp_path).returncode
            for given in (("--evidence", "evidence.json"), words[1:])
        ]
        assert ends == [1, 2]  # refused; and no such option
    assert not (tmp_path / "out").exists()
