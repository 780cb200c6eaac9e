"""The report in Markdown: what it says, and that no name in it becomes markup."""

import dataclasses
import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cycleproof.base.text import printable
from cycleproof.evidence.model import Finding, Verdict
from cycleproof.view.report.markdown import escaped, markdown

from ....support import samples


def test_every_finding_is_rendered_and_nothing_else_is_claimed() -> None:
    findings = [
        Finding("first", Verdict.PASS, "held", {"cycles": [7], "who": "a|b`c"}, ["a note"]),
        Finding("second", Verdict.FAIL, "broken", reproduce="cycleproof verify k.json --seed 3"),
        Finding("third", Verdict.UNKNOWN, "out of time"),
        Finding("fourth", Verdict.SKIPPED, "no solver"),
    ]
    text = markdown(dataclasses.replace(samples.evidence(), findings=findings), "kernel.json")
    where = "H=3 R=4 B=8, not the judged shape"
    assert text.startswith(f"# FAILED at {where}: second (broken)\n\nkernel.json (exit code 1)\n")
    assert "| fourth | not run | no solver |" in text
    assert "### third: **open**" in text
    assert "again: `cycleproof verify k.json --seed 3`" in text
    assert "- a note" in text
    assert "| who | ``a\\|b`c`` |" in text
    assert "### fourth" not in text


def test_the_same_evidence_gives_the_same_text() -> None:
    assert markdown(samples.evidence(), "k") == markdown(samples.evidence(), "k")


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a|b", "a\\|b"),
        ("[x](http://e.org)", "\\[x\\](http:&#47;/e.org)"),
        ("two\nlines", "two\\\\nlines"),
        ("\x1b[31mred", "\\\\x1b\\[31mred"),
        ("@someone #12 `code` **bold**", "\\@someone \\#12 \\`code\\` \\*\\*bold\\*\\*"),
    ],
)
def test_text_from_a_strangers_file_is_never_markup(hostile: str, harmless: str) -> None:
    assert escaped(hostile) == harmless


@given(st.text(max_size=60))
@example("1. x")
@example("- [ ] x")
@example("    code")
@example("www.example.org a@example.org &lt; &amp;")
@example("<!-- x --> ~~x~~ $x$ :smile: ![x](y)")
@example("= \\| `` ` ``")
def test_a_markdown_reader_gets_the_text_back(text: str) -> None:
    """In a table's cell, rendered by a library, it reads as it is and brings no element along."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    page = reader.render(f"| a |\n|---|\n| x{escaped(text)}x |\n")
    cell = page.split("<td>")[1].split("</td>")[0]
    assert "<" not in cell
    assert " ".join(html.unescape(cell).split()) == " ".join(f"x{printable(text)}x".split())
