"""The evidence as Markdown: for a job's summary, a pull request, a submission bundle."""

import html
import json
import re
from typing import Any

from ...base.text import printable
from ...evidence.leftovers import left_behind
from ...evidence.model import Evidence, Finding, Verdict
from ...evidence.wording import CHECK_WORDS, Unjudged, headline, spelled

_SPECIAL = re.compile(r"([\\`*_\[\]#|~@$])")
_MAX_FIGURE = 200


def escaped(text: str) -> str:
    """``text`` as it stands: nothing in it is markup, HTML, a link, a mention or a new line."""
    return _SPECIAL.sub(r"\\\1", html.escape(printable(text), quote=False)).replace(
        "://", ":&#47;/"
    )


def _code(text: str) -> str:
    """``text`` as inline code, in a fence longer than any run of backticks inside it."""
    text = printable(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _figure(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return _code(text if len(text) <= _MAX_FIGURE else text[:_MAX_FIGURE] + "…")


def _details(finding: Finding) -> list[str]:
    lines = [f"### {escaped(finding.check)}: {CHECK_WORDS[finding.verdict].markdown}", ""]
    lines += [escaped(finding.established), ""]
    lines += [f"- {escaped(note)}" for note in finding.notes]
    if finding.reproduce:
        lines.append(f"- again: {_code(finding.reproduce)}")
    if finding.figures:
        lines += ["", "| figure | value |", "|---|---|"]
        lines += [
            f"| {escaped(name)} | {_figure(value)} |" for name, value in finding.figures.items()
        ]
    return [*lines, ""]


def markdown(evidence: Evidence | Unjudged, name: str) -> str:
    """The report: the verdict, what was verified, a table of the checks, each with its figures.

    ``name`` is what readers know the artifact by. The same evidence gives the same text. Where an
    error kept evidence from being made, the report is that error and what to do next.
    """
    if isinstance(evidence, Unjudged):
        about = f"{escaped(name)} (exit code {evidence.code:d})"
        lines = [f"# {escaped(evidence.line)}", about, escaped(evidence.hint)]
        return "\n\n".join(filter(None, lines)) + "\n"
    artifact, frozen = evidence.artifact, evidence.frozen
    generator = artifact["generator"]
    lines = [
        f"# {escaped(headline(evidence).line)}",
        "",
        f"{escaped(name)} (exit code {int(evidence.exit_code)})",
        "",
        f"- shape: {spelled(evidence.shape)}",
        f"- generator: {escaped(generator['name'])} {escaped(generator['version'])}",
        f"- file SHA-256: {_code(artifact['file_sha256'])}",
        f"- program SHA-256: {_code(artifact['program_sha256'])}",
        f"- frozen base {escaped(frozen['version'])}: {_code(frozen['digest'])}",
        f"- {left_behind(evidence.final_indices, evidence.forest)}",
        f"- official thresholds passed: {evidence.thresholds_text}",
        "- versions: "
        + ", ".join(f"{escaped(k)} {escaped(str(v))}" for k, v in sorted(evidence.tool.items())),
        "",
        "| check | verdict | what was established |",
        "|---|---|---|",
    ]
    lines += [
        f"| {escaped(f.check)} | {CHECK_WORDS[f.verdict].markdown} | {escaped(f.established)} |"
        for f in evidence.findings
    ]
    lines.append("")
    for finding in evidence.findings:
        if finding.verdict is not Verdict.SKIPPED:
            lines += _details(finding)
    return "\n".join(lines)
