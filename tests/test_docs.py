"""The documentation keeps up with the code."""

import ast
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cycleproof.checks import CHECKS
from cycleproof.evidence.policy import CHECK
from cycleproof.evidence.wording import WORDS, Word
from docs import generate, tree
from tests.support import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def refusals() -> list[str]:
    """The fixed words of every message that the strict decoder refuses a document with."""
    strings = []
    sources = "".join((ROOT / f"frozen/{name}.py").read_text() for name in ("program", "artifact"))
    for node in ast.walk(ast.parse(sources)):
        raised = isinstance(node, ast.Call) and ast.unparse(node.func) == "Malformed"
        named = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "problem"
        if raised or named:
            strings += [
                max(re.split(r"\{.*?\}", ast.unparse(part)[2:-1]), key=len)
                for part in ast.walk(node)
                if isinstance(part, ast.JoinedStr)
            ]
        if isinstance(node, ast.Call) and raised:
            strings += [a.value for a in node.args if isinstance(a, ast.Constant)]
    return sorted({text.strip(": ") for text in strings if len(text.strip(": ")) > 3})


def test_every_refusal_of_the_decoder_is_documented() -> None:
    page = (ROOT / "docs/artifact-format.md").read_text()
    assert len(refusals()) > 25
    assert [text for text in refusals() if text not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith(("https://", "http://")):
            assert (page.parent / target).exists(), target


def slug(heading: str) -> str:
    """The anchor that a heading gets where the pages are read."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_anchors_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", page.read_text()):
        text = (page.parent / target if target else page).read_text()
        assert anchor in map(slug, re.findall(r"^#+ (.*)$", text, re.MULTILINE)), (target, anchor)


def test_every_page_is_linked_from_the_last_section_of_the_index() -> None:
    _, found, section = (ROOT / "docs/index.md").read_text().partition("\n## Where to go on\n")
    assert found
    linked = set(re.findall(r"\]\(([^)#\s]+)", section))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == {"index.md"}
    assert "(docs/index.md)" in (ROOT / "README.md").read_text()


def test_the_tree_of_the_index_has_every_folder_that_is_shipped() -> None:
    rows = set(
        re.findall(r"^\| `([\w/]+)/` \|", (ROOT / "docs/index.md").read_text(), re.MULTILINE)
    )
    assert set(tree.NO_PACKAGES) | set(tree.TOPS) <= rows
    files = [path for top in tree.TOPS for path in (ROOT / top).rglob("__init__.py")]
    packages = {path.parent.relative_to(ROOT).as_posix() for path in files}
    assert {
        name for name in packages - rows if name.removeprefix("tests/") not in packages
    } == set()
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, check=True)
        tops = {
            name.partition("/")[0] for name in listed.stdout.decode().split("\n") if "/" in name
        }
        assert {top for top in tops if not top.startswith(".")} == set(tree.TOPS)


def test_every_long_page_begins_with_a_summary() -> None:
    for page in sorted((ROOT / "docs").glob("*.md")):
        lines = page.read_text().splitlines()
        made = any(line.startswith(("Generated from", "Written by")) for line in lines[:4])
        if len(lines) > 100 and not made:
            assert any(line.startswith("**In short.** ") for line in lines[1:4]), page.name


def test_a_stale_part_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n<!-- generated: codes -->\nold\n<!-- end -->\nrest\n")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "PARTS", [("page.md", "codes", lambda: "new\n")])
    monkeypatch.setattr(generate, "ELSEWHERE", ())
    assert generate.main(["--check"]) == 1
    assert "old" in page.read_text()
    assert generate.main([]) == 0
    assert page.read_text() == "# Page\n<!-- generated: codes -->\nnew\n<!-- end -->\nrest\n"
    assert generate.main(["--check"]) == 0


def test_what_to_run_after_a_change_names_each_benchmark_that_writes() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    (row,) = (line for line in text.splitlines() if line.startswith("| speed |"))
    benchmarks = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    writing = {
        name for name in benchmarks if '"--write"' in (ROOT / f"benchmarks/{name}.py").read_text()
    }
    assert set(re.findall(r"`(\w+)`", row)) == writing


def test_each_fast_path_says_where_it_was_measured() -> None:
    """Such a figure is not measured again, so it bears the commit that it is of."""
    page = (ROOT / "docs/performance.md").read_text()
    section = page.partition("\n## Fast paths, before and after\n")[2].partition("\n## ")[0]
    paths = section.split("\n- **")[1:]
    assert len(paths) > 8
    assert [path for path in paths if not re.search(r"\([0-9a-f]{7}[,;)]", path)] == []


def test_the_readme_names_the_command_that_ci_runs() -> None:
    command = "pip install tox && tox"
    assert command in (ROOT / "README.md").read_text()
    assert f"{command} && tox -m full" in (ROOT / ".github/workflows/verify.yml").read_text()
    script = (ROOT / ".ci/run").read_text()
    assert "pip install --quiet tox && tox && timeout 70m tox -m full)" in script


@pytest.mark.slow
def test_every_command_of_the_quick_start_exists() -> None:
    page = (ROOT / "docs/quickstart.md").read_text() + (ROOT / "README.md").read_text()
    used = set(re.findall(r"^cycleproof ([a-z-]+)", page, re.MULTILINE))
    assert used
    for command in used:
        assert cli.run(command, "--help").returncode == 0, command


def test_the_page_of_verdicts_has_a_section_for_each_word() -> None:
    page = (ROOT / "docs/verdicts.md").read_text()
    sections = dict(re.findall(r"^## (.*)\n\n((?:(?!## ).*\n)*)", page, re.MULTILINE))
    for word, row in WORDS.items():
        assert sections[word].startswith(f"Exit code {row.code:d}: {row.means}.\n"), word
        assert "\nYou may conclude: " in sections[word], word
        assert "\nYou may not conclude: " in sections[word], word
    assert set(re.findall(r"\b[A-Z]{4,}\b", page)) == set(WORDS)
    failed = set(re.findall(r"`([a-z]+)`", sections[Word.FAILED])) - {"again"}
    silent = {"lint", "frozen"}  # the first never fails, the second is TAMPERED
    assert failed == {check.name for check in CHECKS} - silent | {CHECK}


def test_what_somebody_with_a_builder_types_is_on_the_first_page() -> None:
    """Two commands: install it, and hand the file to it."""
    page = (ROOT / "README.md").read_text("utf-8")
    tried = page.split("## Try it")[1].split("\n## ")[0]
    block = tried.split("```sh\n")[1].split("```")[0]
    (line,) = [each for each in block.splitlines() if each.startswith("cycleproof submit ")]
    words = shlex.split(line, comments=True)
    assert words == ["cycleproof", "submit", "perf_takehome.py"]
    assert '`pip install ".[submit]"`' in tried
