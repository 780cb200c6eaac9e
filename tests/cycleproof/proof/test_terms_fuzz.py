"""Random programs on terms and on the machine: every word written must agree on every input."""

import random

import pytest

from .programs import differences, random_program, some_inputs


@pytest.mark.parametrize("seed", range(60))
def test_written_terms_are_what_the_machine_writes(seed: int) -> None:
    rng = random.Random(seed)
    program = random_program(rng, 60)
    compared, wrong = differences(program, list(some_inputs(rng, 8)), with_reference=seed % 2)
    assert compared > 500
    assert wrong == []
