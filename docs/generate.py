"""Write, or check, all that is generated and not measured: one row in ``PARTS`` each.

``python -m docs.generate`` writes them all; ``--check`` exits with 1 if one is out of step. What
studies and benchmarks measure is written by their own ``--write``.
"""

import argparse
import io
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from cycleproof.artifact.format import load
from cycleproof.artifact.schema import SCHEMA_NAME, schema_text
from cycleproof.base.errors import EXIT_CODE_MEANINGS, WORST_FIRST
from cycleproof.challenge.facts import OFFICIAL, RECORDS, THRESHOLDS
from cycleproof.checks import CHECKS, Subject
from cycleproof.checks.verify import verify
from cycleproof.cli import COMMANDS
from cycleproof.evidence.leftovers import ONLY_VALUES, left_behind
from cycleproof.evidence.model import Leftover, State
from cycleproof.evidence.policy import REQUIREMENTS
from cycleproof.evidence.wording import WORDS
from cycleproof.proof.rules import OF_SUMS, ORDER
from cycleproof.simulator.frozenbase import read_frozen
from cycleproof.view.glossary import GLOSSARY
from cycleproof.view.report.terminal import print_evidence
from docs import trusted
from docs.page import ROOT, replaced, table
from docs.pictures import PICTURES, growth
from docs.tree import rooms
from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, VLEN, Op
from frozen.problem import JUDGED
from solution import ablate, picture, recipe, superopt

ARTIFACT = Path("artifacts/kernel.json")


def _operands(op: Op) -> str:
    return " ".join(
        f"{kind} `{name}`" + (f"[{width}]" if width > 1 else "")
        for name, kind, width in op.operands
    )


def isa() -> str:
    """The page ``docs/isa.md``: every op, from the op table."""
    text = (
        "# The instruction set\n\n"
        "Generated from the op table, [`frozen/ops.py`](../frozen/ops.py), by"
        " `python -m docs.generate`.\n\n"
        f"A core has {SCRATCH_SIZE:,} scratch words of 32 bits; a vector operand covers {VLEN}"
        " words from its address on. One bundle is one cycle: all its slots read the state before"
        " the bundle, then all writes land. A slot is an array: the op's name, then its operands in"
        " the order given here. `dest` and `src` operands are scratch addresses, `[8]` marks those"
        " of vectors; `imm` and `target` are numbers. In a meaning, a source's name stands for"
        " the word that it addresses (for one lane of it, where it covers several), and `lane`"
        " for that lane's number. Results are reduced modulo 2^32. Division by zero, an access"
        " outside memory or scratch and a word written by two engines in one bundle are errors.\n"
    )
    for engine, limit in SLOT_LIMITS.items():
        rows = [
            (
                f"`{op.name}`",
                _operands(op) or "none",
                f"`{op.meaning}`" if op.meaning else "nothing",
            )
            for op in OPS.values()
            if op.engine == engine
        ]
        if rows:
            plural = "slot" if limit == 1 else "slots"
            text += f"\n## {engine}: {limit} {plural} a bundle\n\n"
            text += table(("op", "operands", "meaning"), rows)
    return text + (
        "\nThe address of `load_offset` and its destination are both displaced by `offset`: it"
        " reads the scratch word `addr + offset` and writes `dest + offset`. `pause` and"
        " `trace_write` do nothing that a run of an artifact could show; neither is part of one.\n"
    )


def exit_codes() -> str:
    """The table of exit codes, and which counts of several."""
    words: dict[int, list[str]] = {}
    for word, row in WORDS.items():
        words.setdefault(row.code, []).append(word)
    rows = [
        (f"{int(code)}", " or ".join(words.get(code, ["error"])), meaning)
        for code, meaning in EXIT_CODE_MEANINGS.items()
    ]
    order = ", ".join(f"{int(code)}" for code in WORST_FIRST)
    return (
        table(("exit code", "first line", "meaning"), rows)
        + f"\nOf several artifacts (`hook`) the worst code counts, in this order: {order}.\n"
    )


def checks() -> str:
    """The table of checks, in their order, with what each establishes."""
    return table(("check", "a pass means"), [(f"`{c.name}`", c.establishes) for c in CHECKS])


def commands() -> str:
    """The table of commands."""
    rows = [(f"`cycleproof {name}`", what) for name, what in sorted(COMMANDS.items())]
    return table(("command", "what it does"), rows)


def verdict_words() -> str:
    """The table of the words that a first line begins with."""
    rows = [(f"[{w}](#{w.lower()})", str(int(row.code)), row.means) for w, row in WORDS.items()]
    return table(("first word", "exit code", "in short"), rows)


def leftovers() -> str:
    """The sentences on final indices and tree, with who established each."""
    right, zero, wrong = State.PROVED_RIGHT, State.LEFT_AT_ZERO, State.WRONG
    cases = [(a, b, "prover") for a in (right, zero, wrong) for b in (right, wrong)]
    cases += [(zero, wrong, "runs"), (wrong, wrong, "runs"), (State.UNKNOWN, State.UNKNOWN, "")]
    rows = [
        (
            left_behind(Leftover(a, by), Leftover(b, by)).removeprefix(f"{ONLY_VALUES} "),
            f"the {by}" if by else "nobody",
        )
        for a, b, by in cases
    ]
    return table((f"after “{ONLY_VALUES}”", "established by"), rows)


def requirements() -> str:
    """The table of requirements, by the names that ``--require`` takes."""
    return table(("name", "means"), [(f"`{row.name}`", row.means) for row in REQUIREMENTS])


def thresholds() -> str:
    """The challenge's thresholds, with their names and dates."""
    return table(
        ("below", "name", "date"), [(f"{row.cycles:,}", row.name, row.date) for row in THRESHOLDS]
    )


def records() -> str:
    """The published counts, with source and date."""
    rows = [(f"{row.cycles:,}", row.what, row.source, row.date) for row in RECORDS]
    return table(("cycles", "what", "source", "date"), rows)


def pins() -> str:
    """The files and folders of the challenge's repository, by their digests."""
    rows = [
        (f"`{name}`", f"`{pin.sha256}`", f"`{pin.blob}`") for name, pin in OFFICIAL.files.items()
    ]
    rows += [
        (f"`{name}/` at commit `{OFFICIAL.commit}` ({OFFICIAL.date})", "", f"`{tree}`")
        for name, tree in OFFICIAL.trees.items()
    ]
    return table(("file or folder", "SHA-256", "git blob or tree"), rows)


def recording() -> str:
    """``cycleproof verify`` on the shipped artifact as a picture, with a fixed nonce."""
    subject = Subject(
        load(ROOT / ARTIFACT), read_frozen(ROOT / "frozen"), nonce=bytes(16), replayed=True
    )
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    console.print(f"[bold]$ cycleproof verify --nonce {bytes(16).hex()}[/]", highlight=False)
    print_evidence(verify(subject), ARTIFACT, console)
    return console.export_svg(title="cycleproof verify", unique_id="verify") + "\n"


def ladder() -> str:
    """The recipes with the cycles that their files state; the tests rebuild each."""
    rows, above = [], 0
    for each in recipe.by_cycles():
        gain = f"{above / each.cycles:.2f}×" if above else ""
        rows.append((f"`{each.name}`", each.idea, f"{each.cycles:,}", gain))
        above = each.cycles
    return table(("recipe", "idea", "cycles", "shorter by"), rows)


def ablation() -> str:
    """What each idea of ``best`` is worth; ``python -m solution ablate --write`` measures it."""
    return "".join(f"{line}\n" for line in ablate.table(ablate.kept(ROOT / ablate.FILE)))


def shortest() -> str:
    """The superoptimiser's study of the kernel's pieces."""
    lines: list[str] = []
    superopt.study(lines.append)
    return "".join(f"{line}\n" for line in lines)


def schedule(name: str, cycles: range | None = None) -> str:
    """A recipe's schedule, whole or close up, as a block of code."""
    program = recipe.load(name).build(JUDGED, [])
    lines = picture.closeup(program, cycles) if cycles else picture.occupancy(program, 100)
    return "".join(f"{line.rstrip()}\n" for line in ["```", *lines, "```"])


def trusted_lines(rows: Callable[[], trusted.Rows]) -> str:
    """The lines of code that a verdict rests on."""
    return table(("trusted", "lines of code"), rows())


def glossary() -> str:
    """The words that reports and pages use, each with the page that says more."""
    rows = [
        (row.word, f"{row.means}: [more]({row.page})" if row.page else row.means)
        for row in GLOSSARY
    ]
    return table(("word", "means"), rows)


def prover_rules() -> str:
    """The table of the prover's rules, by family."""
    ops: dict[str, list[str]] = {}
    rules = {}
    for op, row in {**ORDER, "Σ": OF_SUMS}.items():
        for rule in row:
            rules[rule.name] = rule
            ops.setdefault(rule.name, []).append(op)
    rows = []
    families = list(dict.fromkeys(rule.family for rule in rules.values()))
    for rule in sorted(rules.values(), key=lambda rule: families.index(rule.family)):
        of = "all ops" if len(ops[rule.name]) > 10 else " ".join(f"`{op}`" for op in ops[rule.name])
        rows.append((rule.family, of, rule.identity, rule.why))
    return table(("family", "of", "rule", "why"), rows)


def words(svg: str) -> list[str]:
    """The text of a recording: what must be in step; its drawing is the library's affair."""
    return "".join(ElementTree.fromstring(svg).itertext()).split()[1:]


Part = tuple[str, str, Callable[[], str]]
"""File, block ("" for the whole file), generator."""
PARTS: list[Part] = [
    (f"artifacts/{SCHEMA_NAME}", "", schema_text),
    ("docs/isa.md", "", isa),
    ("docs/index.md", "rooms", rooms),
    ("docs/index.md", "glossary", glossary),
    ("README.md", "checks", checks),
    ("docs/quickstart.md", "commands", commands),
    ("docs/quickstart.md", "requirements", requirements),
    ("docs/verdicts.md", "verdicts", verdict_words),
    ("docs/verdicts.md", "leftovers", leftovers),
    ("docs/verdicts.md", "exit codes", exit_codes),
    ("docs/proof.md", "trusted", lambda: trusted_lines(trusted.checked)),
    ("docs/audit.md", "trusted", lambda: trusted_lines(trusted.audited)),
    ("docs/prover.md", "rules", prover_rules),
    ("docs/spec.md", "thresholds", thresholds),
    ("docs/spec.md", "records", records),
    ("docs/spec.md", "pins", pins),
    ("docs/verify.svg", "", recording),
    ("docs/kernel.md", "ladder", ladder),
    ("docs/kernel.md", "ablation", ablation),
    ("docs/kernel.md", "superopt", shortest),
    ("docs/kernel.md", "pipelined", lambda: schedule("pipelined", range(141, 169))),
    ("docs/kernel.md", "vector", lambda: schedule("vector")),
    ("docs/kernel.md", "best", lambda: schedule("best")),
    ("docs/performance-growth.svg", "", growth.draw),
    *((f"docs/{name}.svg", "", draw) for name, draw in PICTURES.items()),
]


ELSEWHERE = ("formal.generate", "tests.corpus.table")
"""The same for what is generated from rooms that this one does not import; each a command."""


def renew(parts: Sequence[Part], check: bool) -> int:
    """Write parts, or check them. 0: in step. 1: at least one is not."""
    stale = []
    for name, block, generator in parts:
        path = ROOT / name
        old = path.read_text("utf-8") if path.exists() else ""
        new = replaced(old, block, generator()) if block else generator()
        same = words(old) == words(new) if old and generator is recording else old == new
        if same:
            continue
        stale.append(f"{name}: {block}" if block else name)
        if not check:
            path.write_text(new, "utf-8", newline="\n")
    for part in stale:
        print(f"{part}: {'differs; run `python -m docs.generate`' if check else 'written'}")
    return 1 if check and stale else 0


def checking(doc: str, arguments: Sequence[str]) -> bool:
    """Whether a command that writes what ``doc`` says was only asked to ``--check``."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; 1: out of step")
    return bool(parser.parse_args(arguments).check)


def main(arguments: list[str]) -> int:
    """Write, or check, all parts and those elsewhere. 0: in step. 1: at least one is not."""
    codes = [renew(PARTS, checking(__doc__ or "", arguments))]
    for name in ELSEWHERE:
        command = [sys.executable, "-m", name, *arguments]
        codes.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
