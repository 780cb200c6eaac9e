"""One Python file that is a submission by itself: for boards and tests that take one file.

It stands in for ``perf_takehome.py`` (docs/spec.md, section 4), imports the standard library only
and holds the program compressed. Whoever builds it gets the same program, by its digest.
"""

import base64
import textwrap
import zlib

from frozen.artifact import Artifact
from frozen.program import canonical

from ..base.errors import Unreadable

MAX_EXPORT = 1_000_000  # bytes; what boards take
_WIDTH = 96
_FIRST = '"""A kernel for the VLIW challenge: '
_TEMPLATE = '''\
{first}{cycles:,} cycles at {shape}.

The text below is its program: JSON, compressed by zlib, in base85. SHA-256 of the program
(RFC 8785): {digest}.
"""

import base64
import json
import zlib
from types import SimpleNamespace

SHAPE = {arguments}  # forest_height, n_nodes, batch_size, rounds
PROGRAM = """
{program}
"""


class KernelBuilder:
    def __init__(self):
        self.instrs = []

    def debug_info(self):
        return SimpleNamespace(scratch_map={{}})

    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        if (forest_height, n_nodes, batch_size, rounds) != SHAPE:
            raise ValueError(f"this kernel is for {{SHAPE}}")
        text = zlib.decompress(base64.b85decode("".join(PROGRAM.split())))
        self.instrs = [{{e: [tuple(s) for s in b[e]] for e in b}} for b in json.loads(text)]
'''


def is_export(data: bytes) -> bool:
    """Whether a Python file begins as those that ``export`` writes."""
    return data.startswith(_FIRST.encode())


def export(artifact: Artifact) -> bytes:
    """The file's bytes. Raises ``Unreadable`` where they would be more than ``MAX_EXPORT``."""
    shape = artifact.shape
    packed = base64.b85encode(zlib.compress(canonical(artifact.program), 9)).decode("ascii")
    text = _TEMPLATE.format(
        first=_FIRST,
        cycles=artifact.cycles,
        shape=shape,
        digest=artifact.program_sha256,
        arguments=(shape.forest_height, shape.n_nodes, shape.batch_size, shape.rounds),
        program="\n".join(textwrap.wrap(packed, _WIDTH)),
    )
    data = text.encode("ascii")
    if len(data) > MAX_EXPORT:
        raise Unreadable(f"the program takes {len(data):,} bytes as one file; {MAX_EXPORT:,} fit")
    return data
