"""How documents are made: from the right kernel, changed, or by hand."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cycleproof.artifact.format import encode
from frozen.problem import Shape
from tests.corpus.case import Case
from tests.support.programs import scalar_kernel

SHAPE = Shape(3, 5, 4)
GENERATOR = {"name": "hostile", "version": "1", "sources_sha256": "0" * 64}
PASSED, FAILED, REFUSED, INCONCLUSIVE = 0, 1, 2, 4


Make = Callable[[], bytes]


class Document(NamedTuple):
    """A case and the bytes of its document, made when they are needed."""

    case: Case
    make: Make


class Rows(list[Document]):
    """Cases in the order of the threat model's table."""

    def add(
        self, attack: int, name: str, tries: str, exit_code: int, says: str, make: Make
    ) -> None:
        self.append(Document(Case(attack, name, tries, exit_code, says), make))


def kernel(
    cycles: int | None = None,
    change: Mapping[int, Any] | None = None,
    before: Sequence[Any] = (),
    after: Sequence[Any] = (),
) -> bytes:
    """The right kernel as an artifact; ``change`` maps a bundle's number to its replacement."""
    program = scalar_kernel(SHAPE)
    for number, bundle in (change or {}).items():
        program[number] = bundle
    program = [*before, *program, *after]
    return encode(SHAPE, program, len(program) if cycles is None else cycles, GENERATOR)


def text(old: str, new: bytes | str) -> Make:
    """The right kernel's bytes with one piece of text replaced."""

    def make() -> bytes:
        whole = kernel()
        old_bytes, new_bytes = (
            part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            for part in (old, new)
        )
        if old_bytes not in whole:
            raise ValueError(f"{old} is not in the document")
        return whole.replace(old_bytes, new_bytes, 1)

    return make


def program_of(*bundles: dict[str, Any], cycles: int = 1) -> Make:
    """An artifact with just these bundles, laid out by hand so that nothing refuses to."""

    def make() -> bytes:
        document = json.loads(kernel())
        document["program"] = list(bundles)
        document["claims"]["cycles"] = cycles
        return json.dumps(document).encode()

    return make


def changed(key: str, value: object) -> Make:
    """The right kernel with one top-level key replaced."""
    return lambda: json.dumps({**json.loads(kernel()), key: value}).encode()


def sealed(*bundles: dict[str, Any], cycles: int | None = None) -> Make:
    """As ``program_of``, but with the right digest."""
    claim = len(bundles) if cycles is None else cycles
    return lambda: encode(SHAPE, bundles, claim, GENERATOR)
