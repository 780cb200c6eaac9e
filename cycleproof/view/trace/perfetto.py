"""The trace as Perfetto's protobuf, packet by packet: memory does not grow with the run.

One microsecond of the trace is one cycle. Names of ops are interned, so that a slot costs about
100 bytes.
"""

from typing import IO

from frozen.ops import ENGINES, SLOT_LIMITS

from ...analysis.summary import Analysis
from ...artifact.names import Names
from ...base.errors import MissingDependency
from ...base.install import install_hint
from ...base.text import plural, printable
from .events import COUNTERS, Issue, Sample, events

try:
    from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import (
        TracePacket,
        TrackDescriptor,
        TrackEvent,
    )
    from perfetto.trace_builder.proto_builder import StreamingTraceProtoBuilder
except ImportError:
    raise MissingDependency(
        "writing a Perfetto trace needs the package perfetto",
        f"{install_hint('trace')}, or use --format json",
    ) from None

CYCLE_NS = 1000
_SEQUENCE = 1
_ROOT = 1


class _Writer:
    """Keeps the interned names of one packet sequence."""

    def __init__(self, file: IO[bytes]) -> None:
        self._builder = StreamingTraceProtoBuilder(file)
        self._iids: dict[tuple[str, str], int] = {}
        self._tracks = 0
        self._started = False

    def packet(self) -> TracePacket:
        """A new packet; the first one says that no state comes before it."""
        packet = self._builder.create_packet()
        packet.trusted_packet_sequence_id = _SEQUENCE
        if self._started:
            packet.sequence_flags = TracePacket.SEQ_NEEDS_INCREMENTAL_STATE
        else:
            packet.sequence_flags = TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
            self._started = True
        return packet

    def write(self, packet: TracePacket) -> None:
        """Write a packet to the file."""
        self._builder.write_packet(packet)

    def track(self, name: str, parent: int, rank: int, *, counter: bool = False) -> int:
        """Describe a new track; return its id."""
        self._tracks += 1
        packet = self.packet()
        track = packet.track_descriptor
        track.uuid = self._tracks
        track.name = name
        track.child_ordering = TrackDescriptor.EXPLICIT
        track.sibling_order_rank = rank
        if parent:
            track.parent_uuid = parent
        if counter:
            track.counter.SetInParent()
        self.write(packet)
        return self._tracks

    def intern(self, packet: TracePacket, table: str, name: str) -> int:
        """The number of a name; with its first use the packet carries the name itself."""
        key = (table, name)
        if key not in self._iids:
            self._iids[key] = len(self._iids) + 1
            entry = getattr(packet.interned_data, table).add()
            entry.iid = self._iids[key]
            entry.name = name
        return self._iids[key]

    def annotate(self, packet: TracePacket, name: str, value: str | int) -> None:
        """Give the event of a packet a named value."""
        annotation = packet.track_event.debug_annotations.add()
        annotation.name_iid = self.intern(packet, "debug_annotation_names", name)
        if isinstance(value, str):
            annotation.string_value = value
        else:
            annotation.int_value = value


def write(analysis: Analysis, names: Names | None, file: IO[bytes]) -> None:
    """Write the whole trace. The order of packets is that of time, ends before starts."""
    writer = _Writer(file)
    artifact = analysis.artifact
    title = f"{plural(analysis.cycles, 'cycle')} at {artifact.shape}, 1 us = 1 cycle"
    root = writer.track(f"{title}, program {artifact.program_sha256[:12]}", 0, 0)
    tracks: dict[tuple[str, int], int] = {}
    counters: dict[str, int] = {}
    for rank, counter in enumerate(COUNTERS):
        counters[counter] = writer.track(counter, root, rank, counter=True)
    for rank, engine in enumerate(ENGINES):
        group = writer.track(engine, root, len(COUNTERS) + rank)
        for slot in range(SLOT_LIMITS[engine]):
            tracks[engine, slot] = writer.track(f"{engine} {slot}", group, slot)
    open_slices: list[int] = []
    at = 0
    for event in events(analysis, names):
        if event.cycle != at:
            _close(writer, open_slices, event.cycle)
            at = event.cycle
        if isinstance(event, Sample):
            packet = writer.packet()
            packet.timestamp = event.cycle * CYCLE_NS
            packet.track_event.type = TrackEvent.TYPE_COUNTER
            packet.track_event.track_uuid = counters[event.counter]
            packet.track_event.counter_value = event.value
            writer.write(packet)
        else:
            track = tracks[event.engine, event.slot]
            _open(writer, event, track)
            open_slices.append(track)


def _open(writer: _Writer, issue: Issue, track: int) -> None:
    packet = writer.packet()
    packet.timestamp = issue.cycle * CYCLE_NS
    event = packet.track_event
    event.type = TrackEvent.TYPE_SLICE_BEGIN
    event.track_uuid = track
    if issue.label:
        event.name = printable(issue.label)
    else:
        event.name_iid = writer.intern(packet, "event_names", issue.name)
    writer.annotate(packet, "op", issue.op)
    writer.annotate(packet, "does", issue.text)
    writer.annotate(packet, "bundle", issue.bundle)
    if issue.round >= 0:
        writer.annotate(packet, "round", issue.round)
        writer.annotate(packet, "lane", issue.lane)
    writer.write(packet)


def _close(writer: _Writer, open_slices: list[int], cycle: int) -> None:
    """End the slices of the cycle before; every op takes one cycle."""
    for track in open_slices:
        packet = writer.packet()
        packet.timestamp = cycle * CYCLE_NS
        packet.track_event.type = TrackEvent.TYPE_SLICE_END
        packet.track_event.track_uuid = track
        writer.write(packet)
    open_slices.clear()
