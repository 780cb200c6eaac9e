"""The attacks in docs/threat-model.md and docs/threat-cases.md, written or checked.

``python -m docs.generate`` runs ``python -m tests.corpus.table``, since docs/ imports no tests.
"""

import sys
from itertools import groupby

from docs.generate import checking, renew

from .attacks import ATTACKS, CORPORA, Attack, corpora
from .case import Case

MODEL, CASES = "threat-model.md", "threat-cases.md"


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
        "",
        f"{len(tried)} of {len(ATTACKS)} attack classes tried and stopped, by"
        f" [{count} cases]({CASES}) ({len(cases) - count} controls beside them). Each case"
        " must end with its documented exit code and message, or the test named in its row fails.",
        "",
    ]
    for where, group in groupby(ATTACKS, lambda attack: attack.where):
        lines += [f"### {where.capitalize()}", ""]
        lines += ["| # | attack | what stops it | cases | tried by |", "|---|---|---|---|---|"]
        lines += [_row(attack, found) for attack in group]
        lines.append("")
    return "\n".join([*lines, ""])


def cases_page() -> str:
    """The page of all cases."""
    lines = [
        "# Every hostile case",
        "",
        "Written by `python -m docs.generate` from the corpora. The first column is the number"
        f" of the attack in [the threat model]({MODEL}).",
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


PARTS = [
    (f"docs/{MODEL}", "attacks", attacks_table),
    (f"docs/{CASES}", "", cases_page),
]


if __name__ == "__main__":
    sys.exit(renew(PARTS, checking(__doc__ or "", sys.argv[1:])))
