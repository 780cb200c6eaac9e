"""The evidence as SARIF 2.1.0, for the code-scanning pages of a forge.

One rule for each check that can speak, one result for each finding that is not a pass; a check
that did not run is a notification, so that it is never read as passed.
"""

import json
from typing import Any
from urllib.parse import quote

from ...base.text import printable
from ...base.version import __version__
from ...evidence.model import Evidence, Finding, Verdict
from ...evidence.wording import CHECK_WORDS, Unjudged, headline

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(evidence: Evidence | Unjudged, name: str) -> bytes:
    """The document in ASCII, the same bytes for the same evidence, about the file ``name``.

    Where an error kept evidence from being made, the run was no success, and its notification says
    why.
    """
    run = _unjudged(evidence) if isinstance(evidence, Unjudged) else _run(evidence, name)
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, sort_keys=True).encode("ascii") + b"\n"


def _unjudged(said: Unjudged) -> dict[str, Any]:
    text = "\n".join(filter(None, (said.line, said.hint)))
    return {
        "tool": {"driver": {"name": "cycleproof", "version": __version__, "rules": []}},
        "invocations": [
            {
                "executionSuccessful": False,
                "exitCode": int(said.code),
                "exitCodeDescription": said.line,
                "toolExecutionNotifications": [{"level": "error", "message": {"text": text}}],
            }
        ],
        "results": [],
    }


def _run(evidence: Evidence, name: str) -> dict[str, Any]:
    open_or_failed = [f for f in evidence.findings if CHECK_WORDS[f.verdict].sarif]
    return {
        "tool": {
            "driver": {
                "name": "cycleproof",
                "version": str(evidence.tool["cycleproof"]),
                "rules": [{"id": finding.check} for finding in evidence.findings],
            }
        },
        "artifacts": [
            {
                "location": {"uri": _uri(name)},
                "hashes": {"sha-256": str(evidence.artifact["file_sha256"])},
            }
        ],
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": int(evidence.exit_code),
                "exitCodeDescription": headline(evidence).line,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": f"{f.check}: not run: {printable(f.established)}"},
                    }
                    for f in evidence.findings
                    if f.verdict is Verdict.SKIPPED
                ],
            }
        ],
        "results": [_result(finding, name) for finding in open_or_failed],
    }


def _uri(name: str) -> str:
    """A relative URI reference: nothing in a file's name becomes a scheme, a query or an escape."""
    return quote(name.encode("utf-8", "surrogateescape"), safe="/")


def _result(finding: Finding, name: str) -> dict[str, Any]:
    return {
        "ruleId": finding.check,
        "level": CHECK_WORDS[finding.verdict].sarif,
        "message": {"text": "\n".join(map(printable, [finding.established, *finding.notes]))},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(name), "index": 0}}}],
    }
