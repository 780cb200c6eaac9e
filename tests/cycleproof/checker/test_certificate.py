"""The strict decoder of certificates: what it takes and, beside it, what it refuses."""

import contextlib
import json
import resource
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from cycleproof.base.errors import MissingDependency, Unreadable
from cycleproof.checker import check
from cycleproof.checker.certificate import MAX_LANES, decode
from cycleproof.checker.vocabulary import MAX_DEPTH, Expressions, Reference
from cycleproof.commands import check_proof
from cycleproof.commands.check_proof import command
from frozen.errors import Malformed
from frozen.ops import OPS
from frozen.problem import Shape

from ...support.samples import SHAPE, artifact
from .annotate import annotate
from .equations import Asked

HEAD = {
    "format": "cycleproof-certificate/2",
    "program_sha256": "0" * 64,
    "problem": {"forest_height": 2, "rounds": 4, "batch_size": 8},
    "cycles": 0,
    "expressions": [],
    "rows": [],
}


def document(**changes: Any) -> bytes:
    return json.dumps({**HEAD, **changes}).encode()


def expressions(*entries: Any) -> bytes:
    return document(expressions=[1, 2, ["Q", 0], *entries])


def test_every_word_that_an_op_computes_can_be_expressed() -> None:
    made = Expressions()
    word = made.constant(7)
    computing = [op for op in OPS.values() if op.place == "dest" and "mem" not in op.value]
    assert len(computing) > 30
    for op in computing:
        made.result(op.value, [word] * sum(name in op.value for name, *_ in op.operands))


TAKEN = [
    0, 0xFFFFFFFF, ["m", 0], ["m", 21], ["V", -1, 6], ["V", 0, 0], ["V", 3, 6], ["V", -1, 6, 7],
    ["V", 3, 6, 0], ["N", 3], ["N", 0, 7], ["Q", 3], ["Q", 3, 7], ["+", 0, 1], ["+", 0, 1, 2, 0],
    ["^", 0, 1, 2], ["cdiv", 0, 1], ["select", 0, 1, 2], ["M", 2], ["T", 2, 0], ["T", 2, 0, 1, 2],
    ["V", 0, 0, -1], ["V", -1, 6, -7], ["N", 0, -7], ["Q", 3, -1],
]  # fmt: skip
REFUSED = [
    -1, 1 << 32, True, None, "1", [], {}, [1], [[]], ["m"], ["m", -1], ["m", 22], ["m", 1, 2],
    ["m", True], ["m", "0"], ["V", -1, 5], ["V", -1, 0], ["V", -2, 6], ["V", 4, 0], ["V", 0, 7],
    ["V", 0], ["V", 0, -1], ["V", 0, 0, 8], ["V", 0, 0, -8], ["V", 0, 0, 0, 0], ["V", True, 6],
    ["V", -1, 6, -8], ["N", 0, -8], ["Q", 0, -8],
    ["N", -1], ["N", 4], ["N", 0, 8], ["N"], ["Q", -1], ["Q", 4], ["v", 0, 0], ["+"], ["+", 0],
    ["+", 0, 3], ["+", 0, -1], ["+", 0, True], ["+", 0, None], ["+", [1], 0], ["-", 0, 1, 2],
    ["*", 0, 1, 2], ["select", 0, 1], ["select", 0, 1, 2, 2], ["M"], ["M", 0, 1], ["T", 0],
    ["=", 0, 1], ["**", 0, 1], ["multiply_add", 0, 1, 2], ["eval", 0, 1],
]  # fmt: skip


@pytest.mark.parametrize("entry", TAKEN, ids=str)
def test_taken(entry: Any) -> None:
    assert len(decode(expressions(entry)).entries) == 4


@pytest.mark.parametrize("entry", REFUSED, ids=str)
def test_refused(entry: Any) -> None:
    with pytest.raises(Malformed, match="expression 3"):
        decode(expressions(entry))


def test_depth_is_bounded() -> None:
    deep = [["+", n, 0] for n in range(MAX_DEPTH - 1)]
    assert decode(document(expressions=[1, *deep]))
    with pytest.raises(Malformed, match="deeper"):
        decode(document(expressions=[1, *deep, ["+", MAX_DEPTH - 1, 0]]))


def test_an_expression_speaks_of_few_lanes() -> None:
    """The lanes that it writes out and the one that an item names, each counted once."""
    wide = {"problem": {"forest_height": 2, "rounds": 4, "batch_size": MAX_LANES}}
    words = [["V", 0, 6, lane] for lane in range(MAX_LANES)]
    entries = [*words, ["V", 0, 6], ["^", *range(MAX_LANES), 0, 1]]
    assert decode(document(**wide, expressions=entries))
    with pytest.raises(Malformed, match="lanes"):
        decode(document(**wide, expressions=[*entries, ["^", MAX_LANES, MAX_LANES + 1]]))


def test_the_deepest_expressions_can_be_read() -> None:
    """Selections and exclusive ors down to the bound, on both readings and for the solver."""
    for op in ("select", "^", "*"):
        rest = [1, 0] if op == "select" else [1]
        chain = [[op, n + 2 if n else 0, *rest] for n in range(MAX_DEPTH - 1)]
        read = decode(document(expressions=[["V", 0, 6], 3, 0, *chain]))
        obligations = Asked(Reference(read.shape, read.expressions))
        left, right = read.refs([len(read.entries) - 1, 0], 1)[0], read.refs([0, 0], 1)[0]
        assert not obligations.settle(left, right).holds


def test_an_item_nested_deeply_is_an_error_and_no_traceback() -> None:
    of = artifact().decoded
    data = document(
        program_sha256=of.program_sha256, problem=SHAPE._asdict(), expressions=[0], rows=[[0]]
    )
    nested = data.replace(b'"rows": [[0]]', b'"rows": [[' + b"[" * 900 + b"]" * 900 + b"]]")
    with contextlib.suppress(Malformed):
        assert check(of, nested).verdict == "rejected"


DOCUMENTS = {
    "another format": document(format="cycleproof-certificate/1"),
    "a key too many": document(more=1),
    "a key too few": json.dumps({k: v for k, v in HEAD.items() if k != "rows"}).encode(),
    "a key twice": document().replace(b'"cycles": 0', b'"cycles": 0, "cycles": 0'),
    "rows no list": document(rows={}),
    "a row no list": document(rows=[0]),
    "expressions no list": document(expressions={}),
    "cycles negative": document(cycles=-1),
    "cycles true": document(cycles=True),
    "cycles a float": document(cycles=1.0),
    "a digest of another type": document(program_sha256=1),
    "a shape without rounds": document(problem={"forest_height": 1, "batch_size": 1}),
    "a shape too large": document(problem={"forest_height": 60, "rounds": 1, "batch_size": 1}),
    "a list": b"[]",
    "nothing": b"",
    "no JSON": b"\x80\x04K\x01.",
    "a byte order mark": b"\xef\xbb\xbf" + document(),
    "cut short": document()[:-9],
    "nested": b"[" * 100_000,
    "NaN": document(cycles=float("nan")),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_are_no_certificates(name: str) -> None:
    with pytest.raises(Malformed):
        decode(DOCUMENTS[name])


@pytest.mark.slow
def test_the_command_and_its_exit_codes(tmp_path: Any, monkeypatch: Any) -> None:
    loaded = artifact()
    data = annotate(SHAPE, loaded.decoded.program)
    kernel, good, bad = (tmp_path / name for name in ("kernel.json", "good.json", "bad.json"))
    kernel.write_bytes(loaded.data)
    good.write_bytes(data)
    broken = json.loads(data)
    broken["rows"].pop()
    bad.write_text(json.dumps(broken))

    def run(*arguments: Any) -> Any:
        return CliRunner().invoke(command, [*map(str, arguments)], standalone_mode=False)

    accepted = run(kernel, good, "--solver", "none")
    cycles = f"{loaded.decoded.cycles:,} cycles"
    where = f" at {loaded.decoded.shape}, not the judged shape"
    first, *_, last = accepted.output.splitlines()
    assert (accepted.return_value, first) == (0, f"PROVED for all inputs{where}: {cycles}")
    assert last == f"next: cycleproof verify {kernel}"
    assert "distinct" not in accepted.output
    assert "distinct" in run(kernel, good, "--verbose").output
    assert f"stops after {loaded.decoded.cycles:,} cycles" in accepted.output
    rejected = run(kernel, bad)
    assert rejected.return_value == 1
    assert rejected.output.startswith(f"FAILED{where}: certificate (the certificate ends after ")
    assert f"next: cycleproof prove {kernel} --certificate proof.json\n" in rejected.output
    answer = json.loads(run(kernel, good, "--json").output)
    assert (answer["verdict"], answer["program_sha256"]) == (
        "accepted",
        loaded.decoded.program_sha256,
    )
    unreadable = run(kernel, kernel).exception
    assert isinstance(unreadable, Unreadable)
    assert str(unreadable).startswith(f"{kernel}: certificate: ")
    monkeypatch.setattr(check_proof, "available", list)
    assert isinstance(run(kernel, good, "--solver", "z3").exception, MissingDependency)


# Certificates that would take hours or gigabytes if nothing bounded the work.


def _explosive() -> list[Any]:
    """x ^= (x >> k) & mask, again and again: the normal form doubles each time."""
    entries: list[Any] = [["V", 0, 6]]
    for n in range(60):
        at = len(entries) - 1
        entries += [n % 7 + 1, (0x9E3779B9 * (n + 1)) & 0xFFFFFFFF]
        entries += [[">>", at, len(entries) - 2], ["&", len(entries), len(entries) - 1]]
        entries += [["^", at, len(entries) - 1]]
    return entries


def _wide() -> list[Any]:
    """A sum over every entry before it, many times over, times cases of twelve bits."""
    entries: list[Any] = [["Q", h] for h in range(4)]
    for _ in range(150):
        entries.append(["+", *range(max(0, len(entries) - 40), len(entries))])
    return entries


def test_a_wide_certificate_is_cut_off() -> None:
    shape = Shape(2, 4, 8)
    of = artifact("vector", shape).decoded
    entries = _wide()
    last = len(entries) - 1
    data = document(
        program_sha256=of.program_sha256,
        cycles=len(of.program),
        expressions=entries,
        rows=[[[last, 0]] * 40] * len(of.program),
    )
    assert check(of, data).verdict != "accepted"


def test_memory_and_time_of_a_hostile_certificate_are_bounded(tmp_path: Any) -> None:
    """In a process of its own under limits."""
    entries = _explosive()
    at = len(entries)
    (tmp_path / "c.json").write_bytes(document(expressions=entries, rows=[[[at - 1, 0]]]))
    program = (
        "import sys; from cycleproof.checker.certificate import decode;"
        "from cycleproof.checker.obligations import Obligations;"
        "from cycleproof.checker.vocabulary import Reference;"
        f"c = decode(open({str(tmp_path / 'c.json')!r}, 'rb').read());"
        "o = Obligations(Reference(c.shape, c.expressions));"
        f"sides = [*c.refs([{at - 1}, 0], 1), *c.refs([{at - 6}, 0], 1)];"
        "print(o.settle(*sides, o.reference.one).holds)"
    )

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, preexec_fn=limits, check=False
    )
    assert child.stdout in (b"False\n", b"None\n"), child.stderr
