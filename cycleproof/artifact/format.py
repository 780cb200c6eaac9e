"""The artifact: a kernel as one JSON file (format 1), byte-identical wherever it is made."""

import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import rfc8785

from frozen.artifact import FORMAT, MACHINE, MAX_BYTES, Artifact, parse
from frozen.errors import FrozenError
from frozen.ops import OPS, Op, Program, Slot
from frozen.problem import Shape

from ..base.errors import Unreadable
from ..base.files import read_input
from ..base.text import command_line, short

ARTIFACT_NAME, BUNDLE_NAME = "kernel.json", "bundle.zip"  # in what is handed over


class LoadedArtifact(NamedTuple):
    """The bytes as they were read, and what the strict decoder made of them."""

    path: Path
    data: bytes
    decoded: Artifact

    def __repr__(self) -> str:
        about = self.decoded
        program = f"program {short(about.program_sha256)}"
        return f"<Artifact {self.path}: {about.cycles:,} cycles at {about.shape}, {program}>"

    @property
    def file_sha256(self) -> str:
        """Digest of the file's bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


class _Forms(dict[str | tuple[str | int, ...], bytes]):
    """The library's RFC 8785 form of an engine's name or of a slot, made once for all its equals.

    Words of a well-formed program are strings and integers: Python takes no two of them for equal.
    """

    def __missing__(self, value: str | tuple[str | int, ...]) -> bytes:
        form = self[value] = rfc8785.dumps(value)
        return form


def _forms(program: Program) -> list[bytes]:
    """The RFC 8785 form of each bundle of a well-formed program, put together of its slots' forms.

    Python's order of engines is the one of RFC 8785, since their names are ASCII.
    """
    form = _Forms().__getitem__
    return [
        b"{%b}"
        % b",".join(
            b"%b:[%b]" % (form(engine), b",".join(map(form, map(tuple, bundle[engine]))))
            for engine in sorted(bundle)
        )
        for bundle in program
    ]


def _digest(forms: list[bytes]) -> str:
    return hashlib.sha256(b"[%b]" % b",".join(forms)).hexdigest()


def digest(program: Program) -> str:
    """SHA-256 over the RFC 8785 canonical form of a well-formed program, in hex."""
    return _digest(_forms(program))


def encode(shape: Shape, program: Program, cycles: int, generator: Mapping[str, str]) -> bytes:
    """Lay an artifact out: sorted keys, one bundle a line, a newline at the end."""
    return laid_out(shape, program, cycles, generator)[0]


def laid_out(
    shape: Shape, program: Program, cycles: int, generator: Mapping[str, str]
) -> tuple[bytes, str]:
    """What ``encode`` writes, and the ``digest`` in it: both are made of the same forms."""

    def compact(value: object) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")

    head = {
        "claims": {"cycles": cycles},
        "format": FORMAT,
        "generator": dict(generator),
        "machine": MACHINE,
        "problem": shape._asdict(),
    }
    forms = _forms(program)
    sha256 = _digest(forms)
    lines = [
        b"{",
        *(b"%b:%b," % (compact(key), compact(value)) for key, value in head.items()),
        b'"program":[',
        b",\n".join(forms),
        b"],",
        b'"program_sha256":%b' % compact(sha256),
        b"}",
        b"",
    ]
    return b"\n".join(lines), sha256


def refuse_source(path: Path) -> None:
    """Raise ``Unreadable`` for a folder and for Python, with the way on from there."""
    if path.suffix == ".py" or path.is_dir():
        what = "is a folder" if path.is_dir() else "is Python"
        hint = name_instead(path)
        if not hint:
            hint = f"make one of it first: {command_line('build', path, '-o', ARTIFACT_NAME)}"
        raise Unreadable(f"{path}: {what}, not an artifact", hint)


def name_instead(folder: Path) -> str:
    """Which file of a folder that was handed over may be meant, as a hint; "" if none is there."""
    names = (BUNDLE_NAME, ARTIFACT_NAME)
    found = [shlex.quote(str(folder / name)) for name in names if (folder / name).is_file()]
    return f"name the file in it: {' or '.join(found)}" if found else ""


ZIP_MAGIC = b"PK\x03\x04"
_KINDS = (
    ("HTML", re.compile(rb"\A\s*<(?:!doctype html|html)", re.IGNORECASE)),
    ("XML", re.compile(rb"\A\s*<[?\w]")),
    ("Python", re.compile(rb"^(import \w|from \S+ import |def \w+\(|class \w+[:(])", re.MULTILINE)),
)
_HEAD = 1 << 16  # bytes that are looked at


def _other_kind(data: bytes) -> str:
    """What a file that is no JSON is, as far as its first bytes tell; or ``""``."""
    head = data[:_HEAD]
    if head.startswith(ZIP_MAGIC):
        return "a zip file"
    if head.lstrip()[:1] in (b"{", b"[") or b"\0" in head:
        return ""
    return next((kind for kind, looks in _KINDS if looks.search(head)), "")


def _instead(kind: str, data: bytes, name: str) -> str:
    """The way on from what is no artifact, or ``""``."""
    if kind == "Python":
        built = command_line("build", Path("perf_takehome.py"), "-o", ARTIFACT_NAME)
        return f"save it as a .py file and make an artifact of that: {built}"
    if kind == "a zip file":
        return "a submission bundle? `verify`, `submit` and `report` take it as it is"
    if kind:
        return name_instead(Path(name).parent)
    if data.lstrip()[:1] == b"[" or (b'"instrs"' in data and b'"program"' not in data):
        hint = command_line("build", Path(name), "-o", ARTIFACT_NAME)
        return f"an instruction dump? make an artifact of it first: {hint}"
    return ""


def refuse_other_kind(data: bytes, name: str, wanted: str) -> None:
    """Raise ``Unreadable`` for what is plainly something else than is ``wanted``, by its name."""
    kind = _other_kind(data)
    if kind:
        raise Unreadable(f"{name}: is {kind}, not {wanted}", _instead(kind, data, name)) from None


def decode(data: bytes, name: str) -> Artifact:
    """Decode an artifact's bytes. Raises ``Unreadable`` naming the file and the fault."""
    try:
        return parse(data)
    except FrozenError as error:
        refuse_other_kind(data, name, "an artifact")
        raise Unreadable(f"{name}: {error}", _instead("", data, name)) from None


def slots_of(program: Program) -> list[list[tuple[Op, Slot]]]:
    """The slots of each bundle with their ops, debug slots apart, of a program that is well formed.

    What ``check_program`` returns, without its checks.
    """
    return [
        [
            (OPS[engine, str(slot[0])], slot)
            for engine, slots in bundle.items()
            if engine != "debug"
            for slot in slots
        ]
        for bundle in program
    ]


def is_canonical(loaded: LoadedArtifact) -> bool:
    """Whether the file is laid out exactly as ``encode`` would."""
    shape, cycles, generator, program, _ = loaded.decoded
    return loaded.data == encode(shape, program, cycles, generator)


def load(path: Path) -> LoadedArtifact:
    """Read an artifact once and decode it. Raises ``Unreadable``."""
    refuse_source(path)
    data = read_input(path, MAX_BYTES)
    return LoadedArtifact(path, data, decode(data, str(path)))
