"""``python -m tests.corpus.table``: the attacks in docs/threat-model.md, docs/threat-cases.md."""

import re
import sys
from itertools import groupby
from pathlib import Path

from .attacks import ATTACKS, CORPORA, Attack, corpora
from .case import Case

DOCS = Path(__file__).parents[2] / "docs"
MODEL, CASES = DOCS / "threat-model.md", DOCS / "threat-cases.md"
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


def attacks_table() -> str:
    """The tables of attack classes as Markdown, and how many cases there are."""
    found = corpora()
    cases = [case for corpus in found.values() for case in corpus]
    tried = {case.attack for case in cases} - {0}
    count = sum(case.attack != 0 for case in cases)
    lines = [
        f"{len(tried)} of {len(ATTACKS)} attack classes tried and stopped, by"
        f" [{count} cases]({CASES.name}) ({len(cases) - count} controls beside them). Each case"
        " must end with its documented exit code and message, or the test named in its row fails.",
        "",
    ]
    for where, group in groupby(ATTACKS, lambda attack: attack.where):
        lines += [f"### {where.capitalize()}", ""]
        lines += ["| # | attack | what stops it | cases | tried by |", "|---|---|---|---|---|"]
        lines += [_row(attack, found) for attack in group]
        lines.append("")
    return "\n".join(lines)


def cases_page() -> str:
    """The page of all cases."""
    lines = [
        "# Every hostile case",
        "",
        "Written by `python -m tests.corpus.table` from the corpora. The first column is the number"
        f" of the attack in [the threat model]({MODEL.name}).",
        "",
    ]
    for name, corpus in corpora().items():
        lines += [f"## {name}: {len(corpus)} cases", ""]
        lines += ["| attack | case | what it tries | ends with |", "|---|---|---|---|"]
        lines += [
            f"| {case.attack or 'control'} | `{case.name}` | {_cell(case.tries)} | {_end(case)} |"
            for case in corpus
        ]
        lines.append("")
    return "\n".join(lines)


def updated(text: str) -> str:
    """The threat model with the part between the markers written anew."""
    pattern = re.escape(BEGIN) + r".*?" + re.escape(END)
    body = f"{BEGIN}\n\n{attacks_table()}\n{END}"
    result, count = re.subn(pattern, lambda _: body, text, count=1, flags=re.DOTALL)
    if not count:
        sys.exit(f"{MODEL.name}: the markers are missing")
    return result


if __name__ == "__main__":
    MODEL.write_text(updated(MODEL.read_text("utf-8")), "utf-8")
    CASES.write_text(cases_page(), "utf-8")
