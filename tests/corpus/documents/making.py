"""How documents are made: from the right kernel, changed, or by hand."""

import json
from collections.abc import Callable
from typing import NamedTuple

from cycleproof.artifact.format import encode
from frozen.problem import Shape
from tests.corpus.case import Case
from tests.support.programs import scalar_kernel

SHAPE = Shape(3, 5, 4)
GENERATOR = {"name": "hostile", "version": "1", "sources_sha256": "0" * 64}
PASSED, FAILED, REFUSED, INCONCLUSIVE = 0, 1, 2, 4


class Document(NamedTuple):
    """A case and the bytes of its document, made when they are needed."""

    case: Case
    make: Callable[[], bytes]


class Rows(list[Document]):
    """Cases in the order of the threat model's table."""

    def add(self, attack, name, tries, exit_code, says, make):
        self.append(Document(Case(attack, name, tries, exit_code, says), make))


def kernel(cycles=None, change=None, before=(), after=()):
    """The right kernel as an artifact; ``change`` maps a bundle's number to its replacement."""
    program = scalar_kernel(SHAPE)
    for number, bundle in (change or {}).items():
        program[number] = bundle
    program = [*before, *program, *after]
    return encode(SHAPE, program, len(program) if cycles is None else cycles, GENERATOR)


def text(old, new, data=None):
    """The right kernel's bytes with one piece of text replaced."""

    def make():
        whole = (data or kernel)()
        old_bytes, new_bytes = (
            part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            for part in (old, new)
        )
        if old_bytes not in whole:
            raise ValueError(f"{old} is not in the document")
        return whole.replace(old_bytes, new_bytes, 1)

    return make


def program_of(*bundles, cycles=1):
    """An artifact with just these bundles, laid out by hand so that nothing refuses to."""

    def make():
        document = json.loads(kernel())
        document["program"] = list(bundles)
        document["claims"]["cycles"] = cycles
        return json.dumps(document).encode()

    return make


def changed(key, value):
    """The right kernel with one top-level key replaced."""
    return lambda: json.dumps({**json.loads(kernel()), key: value}).encode()


def sealed(*bundles, cycles=None):
    """As ``program_of``, but with the right digest."""
    claim = len(bundles) if cycles is None else cycles
    return lambda: encode(SHAPE, bundles, claim, GENERATOR)
