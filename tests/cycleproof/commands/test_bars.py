"""The bar moves inside the proof, and what is piped on sees none of it."""

import io
from pathlib import Path

from rich.console import Console

from cycleproof.base.gauge import Gauge
from cycleproof.commands.bars import _Bar
from cycleproof.proof import prove
from tests.support import samples


def test_the_prover_tells_each_cycle_of_each_stage() -> None:
    artifact = samples.artifact().decoded
    told = []
    prove(artifact, certificate=True, tell=lambda *step: told.append(step))
    stage = told[0][0]
    assert [step for step in told if step[0] == stage] == [
        (stage, cycle, artifact.cycles) for cycle in range(1, artifact.cycles + 1)
    ]
    assert told[-1] == ("writing the certificate", 0, 0)


def test_a_wrong_kernel_is_told_of_beyond_the_proof(tmp_path: Path) -> None:
    from cycleproof.artifact.format import decode

    told = []
    prove(decode(samples.without_last_store(), "k"), tell=lambda *step: told.append(step[0]))
    assert "looking for a counterexample" in told


def test_the_bar_shows_what_the_gauge_says() -> None:
    gauge = Gauge()
    bar = _Bar(gauge)

    def drawn() -> str:
        text = io.StringIO()
        console = Console(file=text, width=100)
        for part in bar.get_renderables():
            console.print(part)
        return text.getvalue()

    assert "proof" not in drawn()
    gauge.tell("proof, all lanes", 30, 60)
    assert "proof, all lanes" in drawn()
    assert [(task.completed, task.total) for task in bar.tasks] == [(30, 60)]
    gauge.tell("checking the proof", 0, 0)
    shown = drawn()
    assert "checking the proof" in shown
    assert "all lanes" not in shown
    assert [(task.completed, task.total) for task in bar.tasks] == [(0, None)]
