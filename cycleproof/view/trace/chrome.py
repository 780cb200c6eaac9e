"""The trace in Chrome's JSON format, one event a line, for viewers that do not read protobuf."""

import json
from collections.abc import Iterator
from typing import IO, Any

from frozen.ops import ENGINES, SLOT_LIMITS

from ...analysis.summary import Analysis
from ...artifact.names import Names
from ...base.text import printable
from .events import Sample, events

_TRACKS = {
    (engine, slot): number
    for number, (engine, slot) in enumerate(
        (engine, slot) for engine in ENGINES for slot in range(SLOT_LIMITS[engine])
    )
}


def _rows(analysis: Analysis, names: Names | None) -> Iterator[dict[str, Any]]:
    for (engine, slot), number in _TRACKS.items():
        name = {"name": f"{engine} {slot}"}
        yield {"ph": "M", "pid": 1, "tid": number, "name": "thread_name", "args": name}
        order = {"sort_index": number}
        yield {"ph": "M", "pid": 1, "tid": number, "name": "thread_sort_index", "args": order}
    for event in events(analysis, names):
        if isinstance(event, Sample):
            value = {"value": event.value}
            yield {"ph": "C", "pid": 1, "ts": event.cycle, "name": event.counter, "args": value}
            continue
        arguments: dict[str, Any] = {"op": event.op, "does": event.text, "bundle": event.bundle}
        if event.round >= 0:
            arguments |= {"round": event.round, "lane": event.lane}
        yield {
            "ph": "X",
            "pid": 1,
            "tid": _TRACKS[event.engine, event.slot],
            "ts": event.cycle,
            "dur": 1,
            "name": printable(event.name),
            "args": arguments,
        }


def write(analysis: Analysis, names: Names | None, file: IO[bytes]) -> None:
    """Write the whole trace; one microsecond is one cycle."""
    file.write(b'{"displayTimeUnit":"ns","traceEvents":[\n')
    for number, row in enumerate(_rows(analysis, names)):
        file.write(b",\n" if number else b"")
        file.write(json.dumps(row, separators=(",", ":")).encode("ascii"))
    file.write(b"\n]}\n")
