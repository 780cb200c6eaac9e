"""The child of ``lockstep``: two simulators step by step. Run by ``-c``, standard library only.

The official simulator is taken as it is, by what is known of its interface (docs/spec.md, section
4): ``Machine(mem, instrs, debug_info, n_cores=...)`` and ``run()``. Its program is a list that
notes each fetch; at a fetch the bundle before has landed, so that is when scratch and memory,
found by what they held at the start, are compared with what the frozen machine held after that
bundle. Where its interface is not like that, the answer is "not run" and why.
"""

import hashlib
import inspect
import json
import sys
from array import array
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any


class NotAsExpected(Exception):
    """The official simulator's interface is not the known one."""


class Apart(Exception):
    """The simulators differ; the message says where."""


def state_digest(scratch: list[int], memory: list[int]) -> bytes:
    """Digest of both as 32-bit words; empty if a word is none."""
    try:
        return hashlib.sha256(array("I", scratch).tobytes() + array("I", memory)).digest()
    except (OverflowError, TypeError):
        return b""


def find_word_lists(root: Any, length: int, depth: int = 3) -> Iterator[tuple[Any, str]]:
    """(object, attribute) of every list of ``length`` integers below ``root``'s attributes."""
    for name, value in list(vars(root).items()):
        if isinstance(value, list):
            if len(value) == length and all(type(word) is int for word in value):
                yield root, name
            elif depth and len(value) < 16:
                for item in value:
                    if hasattr(item, "__dict__"):
                        yield from find_word_lists(item, length, depth - 1)


class Watched(list[Any]):
    """A program that calls ``fetched`` with each bundle's number before handing it out."""

    fetched: Any = None

    def __getitem__(self, index: Any) -> Any:
        if self.fetched:
            self.fetched(index)
        return super().__getitem__(index)


class Follower:
    """Holds each state of the official machine against the recorded one of the frozen machine."""

    def __init__(self, expected: list[tuple[int, bytes]]) -> None:
        self.expected = expected
        self.done = 0
        self.pending: int | None = None
        self.words: list[tuple[Any, str]] = []

    def state(self) -> tuple[list[int], list[int]]:
        """Scratch and memory of the official machine now."""
        (core, scratch), (machine, memory) = self.words
        return getattr(core, scratch), getattr(machine, memory)

    def landed(self) -> None:
        """The bundle fetched last has landed: compare. Raises ``Apart``."""
        if self.pending is None:
            return
        if self.done == len(self.expected):
            raise Apart(f"upstream executes bundle {self.pending}, the frozen machine has ended")
        bundle, digest = self.expected[self.done]
        if bundle != self.pending:
            raise Apart(f"upstream executes bundle {self.pending}, the frozen machine {bundle}")
        if state_digest(*self.state()) != digest:
            raise Apart(f"after bundle {bundle}, executed bundle {self.done}")
        self.done += 1

    def fetched(self, bundle: int) -> None:
        """Called by the program before a bundle is handed out."""
        self.landed()
        self.pending = bundle


def official_machine(problem: ModuleType, image: list[int], program: Watched) -> Any:
    """The official machine, made ready. Raises ``NotAsExpected``."""
    maker = getattr(problem, "Machine", None)
    if maker is None:
        raise NotAsExpected("it has no Machine")
    info: Any = SimpleNamespace(scratch_map={})
    if hasattr(problem, "DebugInfo"):
        info = problem.DebugInfo(scratch_map={})
    try:
        inspect.signature(maker).bind(image, program, info, n_cores=1)
    except TypeError as error:
        raise NotAsExpected(f"Machine(mem, instrs, debug_info, n_cores=1): {error}") from None
    machine = maker(image, program, info, n_cores=1)
    for name in ("enable_pause", "enable_debug"):
        if hasattr(machine, name):
            setattr(machine, name, False)
    return machine


def follow(problem: ModuleType, frozen: Any, program: list[Any], image: list[int]) -> int:
    """Run both on one image; return the executed bundles. Raises ``Apart``, ``NotAsExpected``."""
    expected: list[tuple[int, bytes]] = []

    def record(bundle: int, scratch: list[int], memory: list[int]) -> None:
        expected.append((bundle, state_digest(scratch, memory)))

    ours = frozen.machine.Machine(program)
    run = ours.run(list(image), observe=record)
    follower = Follower(expected)
    watched = Watched(
        {engine: [tuple(slot) for slot in slots] for engine, slots in bundle.items()}
        for bundle in program
    )
    machine = official_machine(problem, list(image), watched)
    for what, content in (("scratch", [0] * frozen.ops.SCRATCH_SIZE), ("mem", image)):
        found = [
            (holder, name)
            for holder, name in find_word_lists(machine, len(content))
            if getattr(holder, name) == content
        ]
        if len(found) > 1:  # a copy kept elsewhere; the machine's own is known by its name
            found = [(holder, name) for holder, name in found if name == what]
        if len(found) != 1:
            raise NotAsExpected(f"its {what} of {len(content):,} words was not found")
        follower.words += found
    watched.fetched = follower.fetched
    try:
        machine.run()
        if follower.pending is None:
            raise NotAsExpected("its Machine does not fetch bundles from the list it is given")
        follower.landed()
    except Apart as apart:
        raise Apart(f"{apart}{first_difference(ours, image, follower)}") from None
    if follower.done != len(expected):
        raise Apart(f"upstream ends after {follower.done:,} bundles, not {len(expected):,}")
    if getattr(machine, "cycle", run.cycles) != run.cycles:
        raise Apart(f"upstream counts {machine.cycle:,} cycles, the frozen machine {run.cycles:,}")
    return len(expected)


def first_difference(ours: Any, image: list[int], follower: Follower) -> str:
    """The first word that differs after the bundle where the two part."""
    steps = 0
    words: list[str] = []
    theirs = follower.state()

    def look(_bundle: int, *state: list[int]) -> None:
        nonlocal steps
        if steps == follower.done:
            for kind, mine, other in zip(("scratch", "memory"), state, theirs, strict=True):
                words.extend(
                    f"{kind} word {at} is {left} here and {right} upstream"
                    for at, (left, right) in enumerate(zip(mine, other, strict=False))
                    if left != right
                )
        steps += 1

    ours.run(list(image), observe=look)
    return f": {words[0]}" if words else ""


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Serve ``lockstep``'s job."""
    main: dict[str, Any] = {"__name__": "frozen_main"}
    exec(job["sources"]["__main__"], main)
    main["load"](job["sources"])
    modules = {
        name: sys.modules[f"frozen.{name}"] for name in ("machine", "ops", "problem", "artifact")
    }
    frozen = SimpleNamespace(**modules)
    artifact = frozen.artifact.parse(job["artifact"].encode())
    problem = ModuleType("problem")
    sys.modules["problem"] = problem  # dataclasses look their module up
    bundles = 0
    try:
        exec(compile(job["simulator"], "problem.py", "exec", dont_inherit=True), vars(problem))
        for seed in job["seeds"]:
            inputs = frozen.problem.inputs_from_seed(seed, artifact.shape)
            image = frozen.problem.memory_image(artifact.shape, inputs)
            bundles += follow(problem, frozen, artifact.program, image)
    except NotAsExpected as reason:
        return {"not_run": f"the official simulator is not as expected: {reason}"}
    except Apart as apart:
        return {"same": False, "at": str(apart)}
    except Exception as error:
        return {"not_run": f"{type(error).__name__}: {error}"[:300]}
    return {"same": True, "bundles": bundles}


def serve() -> None:
    """Limit this process, read the job, write the answer behind its nonce."""
    import resource

    job = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    result = answer(job)
    sys.stdout.write(f"\n{job['nonce']}\n{json.dumps(result)}")


if __name__ == "__main__":
    serve()
