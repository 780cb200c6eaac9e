"""Names that a browser would take for markup."""

from frozen.ops import Program

HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror=alert(1)>"


def hostile_names(program: Program) -> list[dict[str, list[str]]]:
    return [{engine: [HOSTILE] * len(slots) for engine, slots in b.items()} for b in program]
