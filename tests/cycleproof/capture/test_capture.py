"""A generator runs apart, sees what it should and no more, and leaves a program."""

import importlib.util
import json
import os
import sys
import unittest
from pathlib import Path

import pytest

from cycleproof.artifact.build import build
from cycleproof.artifact.format import load
from cycleproof.base.errors import GeneratorFailed, NotReproducible, Unreadable
from cycleproof.capture import capture, problem
from cycleproof.capture.sandbox import SANDBOXES, Sandbox, best_sandbox, works
from cycleproof.commands import making
from cycleproof.commands.making import how_captured
from frozen.problem import Shape
from tests.cycleproof.capture.submissions import Generator
from tests.support.fixtures import CommandLine

SHAPE = Shape(3, 3, 8)
WORKING = [sandbox for sandbox in SANDBOXES.values() if works(sandbox)]
each_sandbox = pytest.mark.parametrize("sandbox", WORKING, ids=lambda sandbox: sandbox.name)


def refusal(folder: Path, **options: Sandbox) -> str:
    with pytest.raises(GeneratorFailed) as caught:
        capture(folder, SHAPE, builds=1, seconds=20, **options)
    return str(caught.value)


@each_sandbox
def test_the_same_program_comes_out_of_every_sandbox(honest: Path, sandbox: Sandbox) -> None:
    captured = capture(honest, SHAPE, sandbox=sandbox)
    assert captured.sandbox is sandbox
    assert build(captured.dump).data == build(capture(honest, SHAPE).dump).data


def test_the_honest_generator_passes_its_own_tests_on_our_problem_module(
    honest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "problem", problem)
    spec = importlib.util.spec_from_file_location("upstream_style", honest)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])


@pytest.mark.slow
def test_build_and_verify_on_the_command_line(
    cycleproof: CommandLine, honest: Path, tmp_path: Path
) -> None:
    artifact = tmp_path / "k.json"
    made = cycleproof("build", honest.parent, "--shape", "4,5,16", "-o", artifact, "--json")
    assert made.returncode == 0, made.stderr
    figures = json.loads(made.stdout)
    assert (figures["builds"], figures["sandbox"]) == (2, best_sandbox().name)
    generator = load(artifact).decoded.generator
    assert (generator["name"], len(generator["sources_sha256"])) == ("perf_takehome", 64)
    again = cycleproof("build", honest, "--shape", "4,5,16", "-o", tmp_path / "again.json")
    assert best_sandbox().promise in again.stdout
    assert "2 builds gave the same program" in again.stdout
    assert (tmp_path / "again.json").read_bytes() == artifact.read_bytes()
    verified = cycleproof("verify", artifact, "--seeds", "2", "--skip", "directed")
    assert verified.returncode == 0, verified.stdout


def test_siblings_packages_and_data_files_are_at_hand(generator: Generator) -> None:
    folder = generator(
        "import search.table, lanes",
        "size = len(open('saved.txt').read())",
        "self.instrs = [{'load': [('const', lanes.A, search.table.B + size)]}]",
    )
    (folder / "lanes.py").write_text("A = 3\n")
    (folder / "search").mkdir()
    (folder / "search" / "__init__.py").write_text("")
    (folder / "search" / "table.py").write_text("from lanes import A as B\n")
    (folder / "saved.txt").write_text("four")
    program = capture(folder, SHAPE).dump.program
    assert program == [{"load": [["const", 3, 7]]}]


def test_the_shape_is_given_in_the_order_of_the_challenge(generator: Generator) -> None:
    folder = generator("self.instrs = [{'alu': [('+', height, n_nodes, batch + rounds)]}]")
    program = capture(folder, Shape(2, 5, 16), builds=1).dump.program
    assert program == [{"alu": [["+", 2, 7, 21]]}]


def test_seeded_random_numbers_are_reproducible(generator: Generator) -> None:
    lines = ("self.instrs = [{'load': [('const', 0, random.getrandbits(16))]}]",)
    capture(generator(*lines, top="import random\nrandom.seed(1)\n"), SHAPE)
    folder = generator(*lines, top="import random\n")
    with pytest.raises(NotReproducible, match="the first that differs is bundle 0"):
        capture(folder, SHAPE)
    assert capture(folder, SHAPE, builds=1).builds == 1


def test_a_third_build_is_compared_too(generator: Generator) -> None:
    value = "int(os.environ['PYTHONHASHSEED']) // 3"
    folder = generator(f"self.instrs = [{{'load': [('const', 0, {value})]}}]", top="import os\n")
    capture(folder, SHAPE, builds=2)
    with pytest.raises(NotReproducible, match="builds 1 and 3 differ"):
        capture(folder, SHAPE, builds=3)


@pytest.mark.slow
def test_a_table_of_ten_thousand_bundles_behind_jump_indirect(generator: Generator) -> None:
    folder = generator(
        "table = [{'load': [('const', 1, -n)], 'flow': [('jump', 10_003)]} for n in range(10_000)]",
        "self.instrs = [",
        "    {'load': [('const', 0, 7_001)], 'flow': [('pause',)], 'debug': [('comment', self)]},",
        "    {'flow': [('jump_indirect', 0)]},",
        "    {'flow': [('pause',)]},",
        "    *table,",
        "    {'flow': [('halt',)]},",
        "]",
    )
    made = build(capture(folder, SHAPE, builds=1).dump)
    program = made.stripped.program
    assert len(program) == 10_004
    assert program[2] == {"flow": [["jump", 3]]}
    assert program[7_001] == {"load": [["const", 1, 2**32 - 6_998]], "flow": [["jump", 10_003]]}
    assert (made.cycles_as_built, made.cycles, made.stripped.bundles_filled) == (4, 4, 1)


def test_debug_slots_are_not_counted_against_the_limit(generator: Generator) -> None:
    """The challenge's machine skips them first; one public kernel has 320 in a bundle."""
    folder = generator(
        "bundle = {'load': [('const', 0, 7)], 'debug': [('comment', n) for n in range(320)]}",
        "self.instrs = [bundle, {'flow': [('halt',)]}]",
    )
    made = build(capture(folder, SHAPE, builds=1).dump)
    assert (made.cycles_as_built, made.cycles, made.stripped.slots_removed) == (2, 2, 320)
    folder = generator("self.instrs = [{'load': [('const', 0, 7)] * 3, 'debug': []}]")
    with pytest.raises(Unreadable, match="load: 3 slots, limit 2"):
        build(capture(folder, SHAPE, builds=1).dump)


@each_sandbox
def test_it_inherits_nothing(
    generator: Generator, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    folder = generator(
        "open_files = []",
        "for number in range(256):",
        "    try:",
        "        os.fstat(number)",
        "        open_files.append(number)",
        "    except OSError:",
        "        pass",
        "own = set(os.environ) - {'LC_CTYPE', 'PWD'}",
        "raise RuntimeError(f'{len(open_files)} {sorted(own)} {sys.argv[1:]} {os.listdir()}')",
        top="import os, sys\n",
    )
    seen = refusal(folder, sandbox=sandbox)
    os.close(reader)
    os.close(writer)
    # stdin, stdout, stderr, the null device behind them, the pipe for the result
    assert "RuntimeError: 5 ['PYTHONHASHSEED'] [] ['perf_takehome.py']" in seen


@each_sandbox
def test_its_resources_are_limited(generator: Generator, sandbox: Sandbox) -> None:
    names = "AS CORE CPU FSIZE NOFILE"
    folder = generator(
        f"names = {names.split()}",
        "got = [resource.getrlimit(getattr(resource, 'RLIMIT_' + name)) for name in names]",
        "raise RuntimeError([hard for soft, hard in got if soft == hard])",
        top="import resource\n",
    )
    cpus = os.cpu_count() or 1
    expected = [4 << 30, 0, 20 * cpus + 60, 64 << 20, 512]
    assert f"RuntimeError: {expected}" in refusal(folder, sandbox=sandbox)


REACH = """
import os, socket
def network():
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=2).close()
    except OSError:
        return "closed"
    return "open"
"""


@each_sandbox
def test_a_sandbox_keeps_its_promise(
    generator: Generator, sandbox: Sandbox, tmp_path: Path, root: Path
) -> None:
    """Also that without one the generator does reach out: otherwise this would test nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        top = REACH.replace("PORT", str(server.getsockname()[1]))
        folder = generator(
            f"files = ({str(root / 'LICENSE')!r}, '/etc/hostname')",
            "seen = [os.path.exists(path) for path in files]",
            "raise RuntimeError(f'network {network()}, files {any(seen)}')",
            top=top,
        )
        seen = refusal(folder, sandbox=sandbox)
    expected = {
        "bwrap": "network closed, files False",
        "namespaces": "network closed, files True",
        "none": "network open, files True",
    }
    assert expected[sandbox.name] in seen


def test_a_name_of_its_own_problem_module_and_the_way_out(generator: Generator) -> None:
    folder = generator(
        "self.instrs = [{'load': [Row(('const', 0, 7))]}]", top="from problem import Row\n"
    )
    with pytest.raises(GeneratorFailed, match="cannot import name 'Row'") as caught:
        capture(folder, SHAPE, builds=1)
    assert "problem.py has no such name: put that of the builder's author" in caught.value.hint
    (folder / "problem.py").write_text("Row = tuple\n")
    with pytest.raises(GeneratorFailed) as caught:
        capture(folder, SHAPE, builds=1)
    assert "own problem.py was set aside; --problem theirs" in caught.value.hint
    captured = capture(folder, SHAPE, builds=1, own_problem=True)
    assert captured.dump.program == [{"load": [["const", 0, 7]]}]


def test_a_missing_package_and_the_way_out(generator: Generator) -> None:
    with pytest.raises(GeneratorFailed) as caught:
        capture(generator(top="from no_such_package.part import x\n"), SHAPE, builds=1)
    assert caught.value.hint.endswith("-m pip install no_such_package")


def test_a_link_that_is_not_needed_is_set_aside_and_said(
    cycleproof: CommandLine, generator: Generator, tmp_path: Path
) -> None:
    folder = generator()
    (folder / "python").symlink_to("/usr/bin/env")
    run = cycleproof("build", folder, "--shape", "3,3,8", "-o", tmp_path / "k.json")
    assert run.returncode == 0, run.stderr
    assert "set aside, not handed to the builder: python: a symbolic link that" in run.stderr


def test_a_slow_builder_is_not_built_again_unless_asked(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = generator("time.sleep(0.6)", top="import time\n")
    told = []
    captured = capture(folder, SHAPE, progress=lambda *line: told.append(line))
    assert captured.builds == 2
    assert {build for build, _ in told} == {1, 2}
    assert all(0 <= seconds < 60 for _, seconds in told)
    monkeypatch.setattr("cycleproof.capture.SLOW_SECONDS", 0.5)
    captured = capture(folder, SHAPE)
    assert (captured.builds, captured.seconds > 0.5) == (1, True)
    assert "not built again to compare unless you say --builds 2" in how_captured(captured, None)
    assert how_captured(captured, 1).endswith("; once")
    assert capture(folder, SHAPE, builds=2).builds == 2


def test_progress_is_a_line_a_minute_where_there_is_no_terminal(
    generator: Generator, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(making, "_EVERY", 0)
    folder = generator("time.sleep(0.4)", top="import time\n")
    making.make(folder, making.Options(shape=SHAPE))
    lines = capfd.readouterr().err.splitlines()
    assert lines[0].startswith("build 1: ")
    assert lines[0].endswith(" s of at most 600 s")
    assert lines[-1].endswith("; --builds 1 does without it")


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("from tests.frozen_problem import Machine", "tests of its folder is never handed over"),
        ("import nowhere.deep", "a package that has the module nowhere"),
    ],
)
def test_a_missing_module_is_not_taken_for_a_package_where_it_lies_beside(
    generator: Generator, statement: str, hint: str
) -> None:
    folder = generator(top=f"{statement}\n")
    (folder / "tests").mkdir()
    (folder / "tests" / "frozen_problem.py").write_text("Machine = None\n")
    with pytest.raises(GeneratorFailed, match="ModuleNotFoundError") as caught:
        capture(folder, SHAPE, builds=1, seconds=20)
    assert hint in caught.value.hint
    assert ("pip" in caught.value.hint) == ("nowhere" in statement)


def test_an_error_names_its_place(generator: Generator) -> None:
    folder = generator("import lanes")
    (folder / "lanes.py").write_text("\n\nLANES = 1 / 0\n")
    assert refusal(folder).endswith("ZeroDivisionError: division by zero (lanes.py:3)")
    (folder / "perf_takehome.py").write_text("def build(:\n")
    assert "SyntaxError" in refusal(folder)
    (folder / "perf_takehome.py").write_text("")
    assert "defines no KernelBuilder" in refusal(folder)


def test_output_of_the_generator_goes_nowhere(
    generator: Generator, capfd: pytest.CaptureFixture[str]
) -> None:
    capture(generator("print('hello')", top="print('hello')\n"), SHAPE)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("missing.py",), 2, "missing.py: no such file"),
        (("k.json", "--builds", "2"), 2, "--builds, --sandbox and --problem go with"),
        (("k.json", "--timeout", "9"), 2, "--timeout goes with a recipe or a generator"),
        (("tests", "--recipe", "vector"), 2, "PATH and --recipe exclude each other"),
        (("tests/data/upstream_style", "--shape", "3,3"), 2, "expected H,R,B"),
        (("tests/data/upstream_style", "--timeout", "0"), 2, "--timeout"),
        (("tests/data/upstream_style", "--sandbox", "bwrap"), 5, "--sandbox bwrap: does not start"),
    ],
)
def test_wrong_usage_is_told(
    cycleproof: CommandLine,
    tmp_path: Path,
    arguments: tuple[str, str, str] | tuple[str],
    code: int,
    message: str,
) -> None:
    run = cycleproof("build", *arguments, "-o", tmp_path / "out.json", PATH=str(tmp_path))
    assert (run.returncode, list(tmp_path.iterdir())) == (code, [])
    assert message in run.stderr
    assert "Traceback" not in run.stderr


def test_without_any_tool_it_says_that_there_is_no_sandbox(
    cycleproof: CommandLine, honest: Path, tmp_path: Path
) -> None:
    artifact = tmp_path / "k.json"
    run = cycleproof("build", honest, "--shape", "3,3,8", "-o", artifact, PATH=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert "without a sandbox (network and files are open to the generator)" in run.stdout
