"""``python -m tests.corpus.table``: write the table of attacks into docs/threat-model.md."""

import re
import sys
from itertools import groupby
from pathlib import Path

from .attacks import ATTACKS, CORPORA, Attack, corpora
from .case import Case

DOCUMENT = Path(__file__).parents[2] / "docs" / "threat-model.md"
BEGIN = "<!-- table: python -m tests.corpus.table -->"
END = "<!-- end of table -->"


def _row(attack: Attack, found: dict[str, list[Case]]) -> str:
    cases = {
        name: [c for c in corpus if c.attack == attack.number] for name, corpus in found.items()
    }
    total = sum(map(len, cases.values()))
    tests = ", ".join(f"[{name}](../{CORPORA[name]})" for name, rows in cases.items() if rows)
    return (
        f"| {attack.number} | {attack.attack} | {attack.stopped_by} | {total or 'none yet'} |"
        f" {tests or '–'} |"
    )


def _cell(text: str) -> str:
    """Text that stays in its cell and shows no markup."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _end(case: Case) -> str:
    says = case.says.replace("|", "\\|")  # in a code span `<` is only itself
    return f"{case.exit_code}, `{says}`" if says else str(case.exit_code)


def render() -> str:
    """The tables as Markdown: every attack class, then every case of the corpora."""
    found = corpora()
    cases = [case for corpus in found.values() for case in corpus]
    tried = {case.attack for case in cases} - {0}
    attacks = sum(case.attack != 0 for case in cases)
    lines = [
        f"{len(tried)} of {len(ATTACKS)} attack classes tried and stopped, by {attacks} cases"
        f" ({len(cases) - attacks} controls beside them). Each case must end with its documented"
        " exit code and message, or the test named in its row fails.",
        "",
    ]
    for where, group in groupby(ATTACKS, lambda attack: attack.where):
        lines += [f"### {where.capitalize()}", ""]
        lines += ["| # | attack | what stops it | cases | tried by |", "|---|---|---|---|---|"]
        lines += [_row(attack, found) for attack in group]
        lines.append("")
    lines += ["### Every case", ""]
    for name, corpus in found.items():
        lines += [f"<details><summary>{name}: {len(corpus)} cases</summary>", ""]
        lines += ["| attack | case | what it tries | ends with |", "|---|---|---|---|"]
        lines += [
            f"| {case.attack or 'control'} | `{case.name}` | {_cell(case.tries)} | {_end(case)} |"
            for case in corpus
        ]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def updated(text: str) -> str:
    """The document with the part between the markers written anew."""
    pattern = re.escape(BEGIN) + r".*?" + re.escape(END)
    body = f"{BEGIN}\n\n{render()}\n{END}"
    result, count = re.subn(pattern, lambda _: body, text, count=1, flags=re.DOTALL)
    if not count:
        sys.exit(f"{DOCUMENT.name}: the markers are missing")
    return result


if __name__ == "__main__":
    DOCUMENT.write_text(updated(DOCUMENT.read_text("utf-8")), "utf-8")
