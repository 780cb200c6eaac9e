"""Class 28: stores of evidence that somebody edited, forged or brought along.

A trial changes the entry of a kernel that failed, so that it would pass. Each must count as no
entry at all, or as the failure that it was.
"""

# ruff: noqa: E501 (a case is a line)

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cycleproof.evidence.model import Evidence, Finding, Verdict
from cycleproof.store.entries import Store
from tests.corpus.case import Case
from tests.support import samples

SECRET = bytes(32)
FOREIGN = bytes([1] * 32)


class Trial(NamedTuple):
    """A case, and what it does to an entry; the document it leaves takes the entry's place."""

    case: Case
    edit: Callable[[dict[str, Any]], Any]


def failed() -> Evidence:
    """The sample's evidence with a failed finding on seeds."""
    evidence = samples.evidence()
    findings = [
        Finding("seeds", Verdict.FAIL, "wrong") if found.check == "seeds" else found
        for found in evidence.findings
    ]
    return Evidence(evidence.artifact, evidence.frozen, evidence.tool, findings)


def _good() -> dict[str, Any]:
    return samples.evidence().as_json()


def _verdicts(entry: dict[str, Any]) -> Any:
    text = json.dumps(entry["evidence"]).replace('"fail"', '"pass"')
    return entry | {"evidence": json.loads(text) | {"exit_code": 0}}


def _foreign_code(entry: dict[str, Any]) -> Any:
    code = Store(Path(), FOREIGN).code(entry["key"], entry["path"], _good())
    return entry | {"evidence": _good(), "code": code}


TRIALS = [
    Trial(Case(28, "verdicts-edited", "the failed verdicts of an entry become passes", 1, ""), _verdicts),
    Trial(Case(28, "evidence-replaced", "another run's evidence under the old code", 1, ""), lambda e: e | {"evidence": _good()}),
    Trial(Case(28, "code-empty", "good evidence with an empty code", 1, ""), lambda e: e | {"evidence": _good(), "code": ""}),
    Trial(Case(28, "code-no-text", "a code that is a number", 1, ""), lambda e: e | {"evidence": _good(), "code": 0}),
    Trial(Case(28, "code-not-ascii", "a code of other letters", 1, ""), lambda e: e | {"evidence": _good(), "code": "é"}),
    Trial(Case(28, "code-missing", "good evidence without a code", 1, ""), lambda e: {key: e[key] for key in ("key", "path")} | {"evidence": _good()}),
    Trial(Case(28, "code-of-another-account", "good evidence, authentic by another account's secret: a cache that travels", 1, ""), _foreign_code),
    Trial(Case(28, "key-edited", "the key says other versions", 1, ""), lambda e: e | {"key": e["key"] | {"tool": {}}}),
    Trial(Case(28, "path-edited", "the path says another file", 1, ""), lambda e: e | {"path": "other.json"}),
    Trial(Case(28, "key-added", "one more key in the entry", 1, ""), lambda e: e | {"evidence": _good(), "believe": True}),
    Trial(Case(28, "no-object", "a list", 1, ""), lambda _: []),
]  # fmt: skip
CASES = [trial.case for trial in TRIALS]
