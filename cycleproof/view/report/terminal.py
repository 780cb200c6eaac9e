"""The evidence as a table for people, by rich: colours on a terminal alone, NO_COLOR honoured."""

from rich.console import Console
from rich.table import Table

from ...base.errors import EXIT_CODE_MEANINGS
from ...evidence.model import Evidence, Finding, Verdict
from .tables import clean

_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "bold yellow",
    Verdict.SKIPPED: "dim",
}
_WORDS = {Verdict.SKIPPED: "not run"}


def _details(finding: Finding) -> str:
    lines = [clean(finding.established), *(f"[dim]{clean(note)}[/]" for note in finding.notes)]
    if finding.reproduce:
        lines.append(f"again: [bold]{clean(finding.reproduce)}[/]")
    return "\n".join(lines)


def print_evidence(evidence: Evidence, name: str, console: Console) -> None:
    """Print header, table of findings, thresholds and the overall word."""
    artifact = evidence.artifact
    shape = artifact["shape"]
    console.print(
        f"[bold]{clean(name)}[/]: {artifact['cycles']} cycles claimed at"
        f" H={shape['forest_height']} R={shape['rounds']} B={shape['batch_size']},"
        f" by {clean(artifact['generator']['name'])}",
        highlight=False,
    )
    console.print(f"[dim]program {artifact['program_sha256']}[/]", highlight=False)
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("check")
    table.add_column("verdict")
    table.add_column("what was established", overflow="fold")
    for finding in evidence.findings:
        word = _WORDS.get(finding.verdict, str(finding.verdict))
        style = _STYLES[finding.verdict]
        table.add_row(finding.check, f"[{style}]{word}[/]", _details(finding))
    console.print(table)
    below = evidence.thresholds_text
    console.print(f"official thresholds passed: {below}", highlight=False)
    frozen = evidence.frozen
    console.print(f"[dim]frozen {clean(frozen['version'])} {frozen['digest']}[/]", highlight=False)
    code = evidence.exit_code
    style = "bold green" if code == 0 else "bold red"
    console.print(f"[{style}]{EXIT_CODE_MEANINGS[code]}[/]", highlight=False)
