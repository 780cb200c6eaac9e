"""Two artifacts compared: cycles, slots, ops, and the first bundle that differs."""

import json
from pathlib import Path

import pytest

from cycleproof.artifact.format import decode, encode
from cycleproof.view.diff import diff

from ...support import samples

BUNDLES = [
    {"load": [["const", 0, 7], ["const", 1, 9]]},
    {"alu": [["+", 2, 0, 1], ["^", 3, 0, 1]]},
    {"store": [["store", 1, 2]]},
]
GENERATOR = {"name": "hand", "version": "1", "sources_sha256": "0"}


def made(bundles: list[dict[str, list[list[str | int]]]], cycles: int = 3) -> bytes:
    return encode(samples.SHAPE, bundles, cycles, GENERATOR)


def test_names_what_changed() -> None:
    changed = [BUNDLES[0], {"alu": [["+", 2, 0, 1]], "flow": [["coreid", 3]]}, *BUNDLES[1:]]
    found = diff(decode(made(BUNDLES), "a"), decode(made(changed, 4), "b"))
    assert not found.same
    assert found.cycles == (3, 4)
    assert found.bundles == (3, 4)
    assert found.slots["alu"] == (2, 3)
    assert found.slots["flow"] == (0, 1)
    assert found.slots["valu"] == (0, 0)
    assert found.added == {"alu +": 1, "flow coreid": 1}
    assert found.removed == {}
    assert (found.first_bundle, found.bundles_apart) == (1, 3)
    assert found.first == (BUNDLES[1], changed[1])


def test_the_order_of_slots_counts() -> None:
    swapped = [{"load": BUNDLES[0]["load"][::-1]}, *BUNDLES[1:]]
    found = diff(decode(made(BUNDLES), "a"), decode(made(swapped), "b"))
    assert (found.same, found.first_bundle) == (False, 0)
    assert found.added == found.removed == {}


def test_a_longer_program_differs_past_the_end() -> None:
    found = diff(decode(made(BUNDLES), "a"), decode(made(BUNDLES[:2], 2), "b"))
    assert (found.first_bundle, found.first) == (2, (BUNDLES[2], None))


def test_the_same_program_for_another_shape_differs() -> None:
    other = encode(samples.SHAPE._replace(rounds=5), BUNDLES, 3, GENERATOR)
    found = diff(decode(made(BUNDLES), "a"), decode(other, "b"))
    assert found.same_program
    assert not found.same


@pytest.mark.parametrize(
    ("other", "status"), [(made(BUNDLES), 0), (made(BUNDLES, 5), 1), (made(BUNDLES[:2], 2), 1)]
)
def test_exit_code_is_that_of_diff(tmp_path: Path, other: bytes, status: int) -> None:
    (tmp_path / "a.json").write_bytes(made(BUNDLES))
    (tmp_path / "b.json").write_bytes(other)
    result = samples.run("diff", "a.json", "b.json", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (status, "")
    assert ("the same program" in result.stdout) == (status == 0)
    answer = json.loads(samples.run("diff", "a.json", "b.json", "--json", cwd=tmp_path).stdout)
    assert answer["same"] == (status == 0)


def test_an_unreadable_side_is_code_2(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(made(BUNDLES))
    result = samples.run("diff", "a.json", "none.json", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("REFUSED: none.json: No such file")
