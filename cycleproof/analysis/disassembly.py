"""Slots as text, in the words of the op table: ``v8 = s16 * v24 + v32``."""

import re
from functools import cache

from frozen.ops import Op, Slot


@cache
def _template(op: Op) -> str:
    """The row's meaning with its operands' names as fields of a format string."""
    names = {operand.name for operand in op.operands}
    return re.sub(
        r"\w+", lambda word: f"{{{word[0]}}}" if word[0] in names else word[0], op.meaning
    )


def disassemble(op: Op, slot: Slot) -> str:
    """A slot as text: ``s16`` is scratch word 16, ``v24`` words 24 to 31, a number an immediate."""
    fields = {}
    for (name, _, width), value in zip(op.operands, slot[1:], strict=True):
        at = int(value) + (int(slot[-1]) if op.displaced and width else 0)
        fields[name] = f"{'v' if width > 1 else 's' if width else ''}{at}"
    return _template(op).format_map(fields) or op.name
