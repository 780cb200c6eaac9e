"""The evidence in the terminal, by rich: colours only there, NO_COLOR honoured."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from ...evidence.model import Evidence, Finding, Verdict
from ...evidence.words import CHECK_WORDS, headline, kept, next_step
from .tables import clean

BRIEF_NOTES = 3  # of a failed or open check; --verbose shows all


def _details(finding: Finding, verbose: bool) -> str:
    notes = finding.notes
    if not verbose:
        told = finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN)
        notes = notes[:BRIEF_NOTES] if told else ()
    lines = [clean(finding.established), *(f"[dim]{clean(note)}[/]" for note in notes)]
    if finding.reproduce:
        lines.append(f"again: [bold]{clean(finding.reproduce)}[/]")
    return "\n".join(lines)


def print_evidence(
    evidence: Evidence, path: Path, console: Console, verbose: bool = False, last: bool = True
) -> None:
    """Print the verdict, the table of findings, and at the end the command to do next.

    ``verbose``: digests and what only a specialist asks for. ``last``: that command, for callers
    that do not do it themselves.
    """
    artifact = evidence.artifact
    height, rounds, batch = artifact["shape"].values()
    first = headline(evidence)
    console.print(f"[{first.style}]{clean(first.line)}[/]", highlight=False)
    console.print(
        f"{clean(str(path))}, at H={height} R={rounds} B={batch},"
        f" by {clean(artifact['generator']['name'])}",
        highlight=False,
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("check")
    table.add_column("verdict")
    table.add_column("what was established", overflow="fold")
    for finding in evidence.findings:
        said = CHECK_WORDS[finding.verdict]
        details = _details(finding, verbose)
        table.add_row(finding.check, f"[{said.style}]{said.word}[/]", details)
    console.print(table)
    console.print(
        f"{kept('final indices', evidence.final_indices)}; {kept('forest', evidence.forest)}",
        highlight=False,
    )
    console.print(f"official thresholds passed: {evidence.thresholds_text}", highlight=False)
    if verbose:
        frozen = evidence.frozen
        lines = [
            f"program {artifact['program_sha256']}",
            f"frozen {clean(frozen['version'])} {frozen['digest']}",
        ]
        for line in lines:
            console.print(f"[dim]{line}[/]", highlight=False)
    if last:
        command = clean(next_step(evidence, path))
        console.print(f"next: [bold]{command}[/]", highlight=False, soft_wrap=True)
