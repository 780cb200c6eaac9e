"""The attack classes of the threat model, one row each, and where their cases live."""

from importlib import import_module
from typing import NamedTuple

from .case import Case


class Attack(NamedTuple):
    """One class of attacks. ``stopped_by`` says what stands in its way, in one line."""

    number: int
    where: str
    attack: str
    stopped_by: str


GENERATOR = "while a generator runs"
DOCUMENT = "in the artifact"
BASE = "against the frozen base and its runner"
SINK = "against reports, bundles and attestations"

ATTACKS = (
    Attack(
        1,
        GENERATOR,
        "containers that lie: an empty `keys()`, a `__len__` of 0, a str whose `!=` lies, lazy"
        " properties",
        "the generator runs in a child; JSON bytes of exact plain types come back, read twice past"
        " every override",
    ),
    Attack(
        2,
        GENERATOR,
        "reading the caller's frames, tracebacks or the garbage collector for the inputs",
        "inputs do not exist until the artifact's digest is fixed",
    ),
    Attack(
        3,
        GENERATOR,
        "rewinding or re-seeding `random` to foretell the inputs",
        "seeds are SHA-256(program digest, fresh nonce, index), drawn in another process",
    ),
    Attack(
        4,
        GENERATOR,
        "patching the simulator, the counter, the reference, the tests, the constants",
        "the child never meets the simulator that judges",
    ),
    Attack(
        5,
        GENERATOR,
        "hooks on later calls (`debug_info()`, `__del__`, atexit, threads); two builds that differ",
        "one capture, taken once, then the process is killed; built twice under different hash"
        " seeds and compared",
    ),
    Attack(
        6,
        GENERATOR,
        "forging the result, guessing its pipe, killing the parent, forking on, filling the disk,"
        " sleeping, leaving early",
        "one length-prefixed frame with a nonce on a private pipe, own session, no inherited"
        " descriptors, rlimits, wall clock, temporary folder, empty environment",
    ),
    Attack(
        7,
        GENERATOR,
        "reaching for the network or for files",
        "bwrap or namespaces where present, and the output says whether; a link out of the"
        " submission's folder is refused; no promise without a sandbox",
    ),
    Attack(
        8,
        DOCUMENT,
        "size, nesting and digit bombs",
        "caps on bytes, containers and digits before parsing",
    ),
    Attack(
        9,
        DOCUMENT,
        "duplicate keys, NaN, floats and booleans as integers, other encodings, look-alike keys",
        "strict UTF-8, ASCII names, exact integer types",
    ),
    Attack(
        10,
        DOCUMENT,
        "scratch addresses that are negative or too large, vectors that overrun",
        "every operand is checked by the op table before anything runs",
    ),
    Attack(
        11,
        DOCUMENT,
        "one word written by two engines in one bundle",
        "rejected statically; within one engine the later slot wins",
    ),
    Attack(
        12,
        DOCUMENT,
        "jumps out of the program",
        "static targets are checked statically, computed ones while running",
    ),
    Attack(
        13,
        DOCUMENT,
        "endless loops, shift bombs, trace growth",
        "fuel, bounds on left shifts, limits on time and memory; debugging ops are not shipped",
    ),
    Attack(
        14,
        DOCUMENT,
        "too many slots where limits are asserted and Python runs with -O",
        "explicit errors, no assert outside tests",
    ),
    Attack(
        15,
        DOCUMENT,
        "a cycle count that depends on the data, quoting the best",
        "all runs must agree with each other and with the claim",
    ),
    Attack(
        16,
        DOCUMENT,
        "right only for the published seeds, or for a part of the domain",
        "seeds bound to the digest, directed inputs, the proof; the verdict names the domain",
    ),
    Attack(
        17,
        DOCUMENT,
        "an impossible score",
        "the claim is held against every run; resource lower bounds are computed",
    ),
    Attack(
        18,
        BASE,
        "editing a frozen file, alone or together with its SHA256SUMS",
        "the pins of the reviewer's own installation decide",
    ),
    Attack(
        19,
        BASE,
        "links in the frozen folder, extra files, CRLF, case clashes",
        "regular files only, a closed listing, a message that names CRLF",
    ),
    Attack(
        20,
        BASE,
        "a poisoned `__pycache__` beside a clean file",
        "nothing is imported by path: the hashed bytes are handed to the interpreter",
    ),
    Attack(
        21,
        BASE,
        "a swap between hash and use",
        "one read without following links; the bytes hashed are the bytes run",
    ),
    Attack(
        22,
        BASE,
        "PYTHONPATH, sitecustomize, .pth, PYTHONOPTIMIZE; a json.py, solution/, libz3.so or some"
        " library's settings in the working directory",
        "-I -S -B, empty environment, empty working directory; the runner reports its flags",
    ),
    Attack(
        23,
        BASE,
        "a forged answer of the runner",
        "it never runs a submitter's code; one framed answer with a nonce, and the exit status"
        " must agree",
    ),
    Attack(
        24,
        SINK,
        "terminal escapes and markup in names, paths and error texts",
        "escaped at every sink",
    ),
    Attack(
        25,
        SINK,
        "zip slip, absolute names, devices and links in a bundle",
        "a fixed member list, read in memory with caps, never extracted by name",
    ),
    Attack(
        26,
        SINK,
        "an attestation for another artifact, a wrong payload type, doubled keys, threshold 0",
        "the signature over the bytes first, then the subject's digest against the bytes at hand",
    ),
    Attack(
        27,
        SINK,
        "a solver's silence read as a proof",
        "proved, refuted and unknown are three verdicts; unknown is exit code 4, never 0",
    ),
    Attack(
        28,
        SINK,
        "kept evidence that somebody edited, forged or brought along, so that a failure passes",
        "an HMAC under a secret of the account, which lies apart; what does not fit is not there,"
        " and the checks run",
    ),
)

# Modules of tests.corpus that hold a CASES; each row is a module and the test that runs it.
CORPORA = {
    "generators": "tests/corpus/test_generators.py",
    "documents": "tests/corpus/test_documents.py",
    "base": "tests/corpus/test_base.py",
    "runner": "tests/cycleproof/simulator/test_runner.py",
    "bundles": "tests/corpus/test_bundles.py",
    "solver": "tests/corpus/test_solver.py",
    "folder": "tests/corpus/test_folder.py",
    "store": "tests/cycleproof/store/test_store.py",
}


def corpora() -> dict[str, list[Case]]:
    """The cases of every corpus that exists, in the order of ``CORPORA``."""
    found = {}
    for name in CORPORA:
        try:
            module = import_module(f"tests.corpus.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"tests.corpus.{name}":
                raise
            continue
        found[name] = list(module.CASES)
    return found
