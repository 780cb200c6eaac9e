"""Eight folders as people hand them over, built, judged and named without a question left."""

import json
from pathlib import Path

import pytest

from tests.support.cli import ROOT

from .entries import judge

BUILDER = (ROOT / "tests" / "data" / "upstream_style" / "perf_takehome.py").read_text("utf-8")
TERMS = 'shape = "3,4,8"\nseconds = 120\nbuild-seconds = 30\n'
WRONG = BUILDER.replace("(op2, val, left, right)", "(op2, val, right, left)").replace(
    '("^", val, val, node)', '("^", val, val, left)'
)
FOLDERS = {
    "anna/perf_takehome.py": BUILDER,
    "anna/submit.toml": 'name = "Loop of vectors"\nauthor = "Anna K."\n',
    "ben/fork-of-challenge/perf_takehome.py": "# my own comment\n" + BUILDER,
    "ben/fork-of-challenge/tests/submission_tests.py": "raise SystemExit\n",
    "ben/fork-of-challenge/problem.py": "raise SystemExit('mine')\n",
    "cleo/src/kernel/perf_takehome.py": "import helper\n" + BUILDER,
    "cleo/src/kernel/helper.py": "VALUE = 3\n",
    "cleo/submit.toml": 'author = "Cleo and friends"\n',
    "dan/perf_takehome.py": WRONG,
    "eva/perf_takehome.py": "from problem import HASH_STAGES\n",
    "fred/perf_takehome.py": "import sortedcontainers_of_mine\n" + BUILDER,
    "gus/README.md": "The kernel follows on Monday.\n",
    "hana/perf_takehome.py": "class KernelBuilder:\n    build_kernel = lambda *_: 1 / 0\n",
    "hana/submit.toml": "name = ",
}


@pytest.mark.slow
def test_names_groups_and_reasons(tmp_path: Path) -> None:
    for name, text in FOLDERS.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mine.toml").write_text(TERMS)
    arguments = ("in", "-o", "b", "--build", "--json", "--terms", "mine.toml")
    ended = judge(tmp_path, *arguments)
    rows = [row for row in json.loads(ended.stdout)["rows"] if row["board"] == "all"]
    told = {row["name"]: (row["verdict"], row["author"], row["reason"]) for row in rows}
    assert ended.returncode == 1, ended.stderr
    assert told["Loop of vectors"][:2] == ("PROVED", "Anna K.")
    (first,) = (row for row in rows if row["name"] == "Loop of vectors")
    assert [(each["name"], each["author"]) for each in first["same_program"]] == [
        ("ben", "ben"),
        ("cleo", "Cleo and friends"),
    ]
    verdict, _, reason = told["dan"]
    assert verdict == "FAILED"
    assert "all 8 lanes are wrong" in reason
    for name, part in {
        "eva": "KernelBuilder",
        "fred": "No module named 'sortedcontainers_of_mine'",
        "gus": "holds no perf_takehome.py, artifact, bundle or dump",
        "hana": "ZeroDivisionError: division by zero",
    }.items():
        verdict, author, reason = told[name]
        assert (verdict, author) == ("REFUSED", name)
        assert part in reason
        assert str(tmp_path) not in reason
        assert len(reason.splitlines()) == 1
