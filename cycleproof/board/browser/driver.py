"""Verification inside the browser: run by Pyodide in the worker, on bytes that were hashed there.

It is executed as text, with ``sources`` (module name to text, of the frozen base) at hand, and
imports the rest of cycleproof from ``/cycleproof``. Nothing of it needs a process, a file of the
user's or a package beyond the standard library.
"""

import importlib
import io
import json
import re
import sys
import time
import types
import zipfile
from collections.abc import Callable
from typing import Any

ROOT = "/cycleproof"  # where the worker puts our own modules
FIXED = 8
FRESH = 8
MEMBER = "kernel.json"  # of a submission bundle
MAX_BYTES = 50_331_648  # of a document, as the frozen base has it
MAX_DEPTH = 64  # of brackets; an artifact has six
TOLD = 0.2  # seconds between two words on how far the proof is

Say = Callable[[str], None]


def load_frozen(sources: dict[str, str]) -> types.ModuleType:
    """Execute the frozen base from its hashed texts; return its harness."""
    main: dict[str, Any] = {"__name__": "frozen.__main__"}
    exec(compile(sources["__main__"], "frozen/__main__.py", "exec"), main)
    harness: types.ModuleType = main["load"](sources)
    return harness


def prepare(root: str = ROOT) -> None:
    """Make our own modules importable where there are no processes and no limits to set."""
    if importlib.util.find_spec("resource") is None:
        sys.modules["resource"] = types.ModuleType("resource")
        sys.modules["resource"].RLIM_INFINITY = -1  # type: ignore[attr-defined]
    if root not in sys.path:
        sys.path.insert(0, root)
    if "cycleproof.checks" not in sys.modules:  # its own first lines need the whole installation
        checks = types.ModuleType("cycleproof.checks")
        checks.__path__ = [f"{root}/cycleproof/checks"]
        checks.Subject = types.SimpleNamespace  # type: ignore[attr-defined]
        sys.modules["cycleproof.checks"] = checks
    if importlib.util.find_spec("rfc8785") is None:  # nothing here writes an artifact
        sys.modules["rfc8785"] = types.ModuleType("rfc8785")


def document(data: bytes) -> bytes:
    """The artifact's bytes: the file itself, or the member of a bundle. Raises ``ValueError``."""
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo(MEMBER)
            if info.compress_type != zipfile.ZIP_STORED or info.file_size > MAX_BYTES:
                raise ValueError(f"{MEMBER} is compressed or too large")
            return archive.read(info)
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError) as error:
        raise ValueError(f"not a submission bundle: {error}") from None


def too_deep(data: bytes) -> bool:
    """Whether brackets are nested deeper than an artifact's, or do not match.

    The browser's stack is smaller than Python takes it to be: the reader would not end in an
    exception there, but with Python itself.
    """
    bare = re.sub(rb'"[^"\\]*(?:\\.[^"\\]*)*"', b"", data, flags=re.DOTALL)
    bare = bare.translate(None, bytes(set(range(256)) - set(b"[]{}")))
    for _ in range(MAX_DEPTH):  # each turn takes the innermost ones away
        bare = bare.replace(b"[]", b"").replace(b"{}", b"")
    return len(bare) > MAX_DEPTH


def verify(data: bytes, nonce: bytes, harness: types.ModuleType, say: Say) -> dict[str, Any]:
    """The verdict on a document: its word, and one line on why. ``say`` is told of each check."""
    from frozen.errors import FrozenError
    from frozen.machine import Machine

    rows: list[list[str]] = []

    def row(check: str, verdict: str, text: str) -> None:
        rows.append([check, verdict, text])
        say(json.dumps({"row": rows[-1]}))

    def ended(word: str, text: str, artifact: Any = None) -> dict[str, Any]:
        digest = artifact.program_sha256 if artifact else ""
        return {"word": word, "text": text, "program_sha256": digest}

    def step(check: str, text: str) -> None:
        say(json.dumps({"step": check, "text": text}))

    step("decode", "reading")
    try:
        given = document(data)
        if len(given) <= MAX_BYTES and too_deep(given):
            raise ValueError("nested too deeply")
        artifact = harness.parse(given)
        Machine(artifact.program)
    except (FrozenError, ValueError) as error:
        row("decode", "fail", str(error))
        return ended("REFUSED", str(error))
    shape, cycles = artifact.shape, artifact.cycles
    row("decode", "pass", f"a well-formed program of {len(artifact.program):,} bundles, {shape}")
    step("shifts", "looking at shifts")
    found, text = shifts(artifact)
    row("shifts", found, text)
    if found == "fail":
        return ended("FAILED", f"shifts: {text}", artifact)
    for check, made in (("seeds", seed_runs), ("directed", directed_runs)):
        step(check, f"running {check}")
        inputs = made(artifact, nonce)
        if fault := run_all(artifact, harness, inputs):
            row(check, "fail", fault)
            return ended("FAILED", f"{check}: {fault}", artifact)
        row(check, "pass", f"right on {len(inputs):,} inputs, {cycles:,} cycles each")
    step("proof", "proving")
    word, text = proof(artifact, lambda text: step("proof", text))
    row("proof", {"PROVED": "pass", "FAILED": "fail"}.get(word, "open"), text)
    if word == "PROVED" and found != "pass":
        return ended("OPEN", f"shifts: {rows[1][2]}", artifact)
    return ended(word, text, artifact)


def shifts(artifact: Any) -> tuple[str, str]:
    """The check on giant shifts: its verdict and its line."""
    from cycleproof.analysis.footprints import footprints
    from cycleproof.artifact.format import slots_of
    from cycleproof.checks.shifts import run

    slots = slots_of(artifact.program)
    subject = types.SimpleNamespace(
        artifact=types.SimpleNamespace(decoded=artifact), slots=slots, footprints=footprints(slots)
    )
    finding = run(subject)  # type: ignore[arg-type]
    return {"unknown": "open"}.get(finding.verdict, str(finding.verdict)), finding.established


def seed_runs(artifact: Any, nonce: bytes) -> list[tuple[str, Any]]:
    """Fixed seeds, and fresh ones bound to the artifact, as ``cycleproof verify`` draws them."""
    from cycleproof.simulator.seeds import FIXED_SEEDS, fresh_seed
    from frozen.problem import inputs_from_seed

    drawn = [fresh_seed(artifact.program_sha256, nonce, number) for number in range(FRESH)]
    return [
        (f"seed {seed}", inputs_from_seed(seed, artifact.shape)) for seed in (*FIXED_SEEDS, *drawn)
    ]


def directed_runs(artifact: Any, _nonce: bytes) -> list[tuple[str, Any]]:
    """The inputs of the judged domain that are built to break a kernel."""
    from cycleproof.simulator.directed import directed_inputs

    return [(each.name, each.inputs) for each in directed_inputs(artifact.shape) if each.judged]


def run_all(artifact: Any, harness: types.ModuleType, runs: list[tuple[str, Any]]) -> str:
    """What is wrong, or nothing."""
    requests = [{"tree": list(i.tree), "values": list(i.values)} for _, i in runs]
    answers = harness.judge(artifact, requests)
    for (name, inputs), answer in zip(runs, answers, strict=True):
        if "fault" in answer:
            return f"{name}: {answer['fault']}"
        if not answer["pass"]:
            return f"{name}: {wrong(artifact, inputs, answer)}"
        if answer["cycles"] != artifact.cycles:
            text = f"it takes {answer['cycles']:,} cycles, the artifact claims {artifact.cycles:,}"
            return f"{name}: {text}"
    return ""


def wrong(artifact: Any, inputs: Any, answer: dict[str, Any]) -> str:
    """One line on a wrong output: the lane, and the round from which on it is wrong."""
    from cycleproof.checks.answers import first_missing_round

    number = first_missing_round(artifact, inputs, answer["lane"])
    since = "" if number is None else f" from round {number} on"
    return f"lane {answer['lane']} is wrong{since} ({answer['wrong_lanes']:,} in all)"


def proof(artifact: Any, say: Say) -> tuple[str, str]:
    """The word and the line of prover and checker, both without a solver here."""
    from cycleproof.checker import ACCEPTED, check
    from cycleproof.proof import ProofVerdict, prove

    said, at = "", 0.0  # the stage that was told of last, and when

    def tell(stage: str, done: int, due: int) -> None:
        nonlocal said, at
        now = time.monotonic()
        if stage != said or now - at > TOLD:
            said, at = stage, now
            say(f"{stage}: {done:,} of {due:,} cycles" if due else stage)

    try:
        result = prove(artifact, certificate=True, tell=tell)
        if result.verdict is ProofVerdict.REFUTED:
            found = result.counterexample
            if found is not None and found.judged:
                return "FAILED", result.statement
        if result.certificate is not None:
            say("checking the proof")
            checked = check(artifact, result.certificate)
            if checked.verdict == ACCEPTED:
                return "PROVED", f"{result.statement}; the certificate was accepted"
            return "OPEN", f"the checker did not accept the certificate: {checked.reason}"
    except MemoryError:
        return "OPEN", "the proof needs more memory than a browser gives"
    return "OPEN", f"not proved here: {result.stuck_on}"
