"""The evidence in the terminal, by rich: colours only there, NO_COLOR honoured."""

from pathlib import Path

from rich.console import Console

from ...evidence.leftovers import left_behind
from ...evidence.model import Evidence, Finding, Verdict
from ...evidence.next_step import last_lines
from ...evidence.wording import CHECK_WORDS, headline, spelled
from .tables import bare_table, clean

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
    first = headline(evidence)
    console.print(f"[{first.style}]{clean(first.line)}[/]", highlight=False)
    console.print(
        f"{clean(str(path))}: {spelled(evidence.shape)}, by {clean(artifact['generator']['name'])}",
        highlight=False,
    )
    said = [CHECK_WORDS[finding.verdict] for finding in evidence.findings]
    rows = [
        (finding.check, f"[{word.style}]{word.word}[/]", _details(finding, verbose))
        for finding, word in zip(evidence.findings, said, strict=True)
    ]
    console.print(bare_table(("check", "verdict.", "what was established."), rows))
    console.print(left_behind(evidence.final_indices, evidence.forest), highlight=False)
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
        *told, command = map(clean, last_lines(evidence, path))
        for line in told:
            console.print(line, highlight=False)
        console.print(f"[bold]{command}[/]", highlight=False, soft_wrap=True)
