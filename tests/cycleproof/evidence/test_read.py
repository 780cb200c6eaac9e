"""Reading an evidence file: strictly, and only about its own artifact."""

import json

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.base.strictjson import read_strict
from cycleproof.evidence.model import read_evidence

from ...support import samples


def test_round_trip_keeps_every_byte() -> None:
    data = samples.evidence().encode()
    assert read_evidence(data, "e.json").encode() == data


def test_it_is_about_only_its_own_artifact() -> None:
    evidence = samples.evidence()
    assert evidence.is_about(samples.artifact())
    assert not evidence.is_about(samples.artifact("vector"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "cycleproof-evidence/2"}, "format: expected"),
        ({"extra": 1}, "expected an object with the keys"),
        ({"exit_code": 1}, "exit_code: does not follow"),
        ({"thresholds_passed": [147_734]}, "thresholds_passed: does not follow"),
        ({"findings": {}}, "evidence.findings: expected list"),
        ({"findings": [{}]}, "findings[0]: expected an object with the keys"),
        ({"artifact": {}}, "artifact: expected an object"),
        ({"frozen": {"version": 1, "digest": "", "files": {}}}, "frozen.version: expected str"),
        ({"exit_code": False}, "evidence.exit_code: expected int"),
    ],
)
def test_refuses(change: dict[str, object], says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_evidence(samples.edited(change), "e.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("e.json: ")


def test_refuses_an_unknown_verdict_and_an_edited_one() -> None:
    with pytest.raises(Unreadable, match="is no verdict"):
        read_evidence(samples.edited({}, seeds="proved"), "e.json")
    with pytest.raises(Unreadable, match="exit_code: does not follow"):
        read_evidence(samples.edited({}, seeds="fail"), "e.json")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a":1,"a":2}', "stands twice"),
        ('{"a":1,"\\u0061":2}', "stands twice"),
        ("[NaN]", "not JSON"),
        ("[1e999]", "not finite"),
        ("[" + "9" * 101 + "]", "absurd"),
        ("[" * 100_000, "nested too deeply"),
        ("\udcff", "not UTF-8 at byte 0"),
        ("{", "not JSON"),
    ],
)
def test_strict_json_refuses(text: str, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_strict(text.encode("utf-8", "surrogateescape"), "x")
    assert says in str(caught.value)


def test_strict_json_reads_what_is_sound() -> None:
    value = {"a": [1, -2.5, True, None, "é"], "b": {"a": 10**50}}
    assert read_strict(json.dumps(value).encode(), "x") == value
