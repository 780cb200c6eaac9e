"""Traces: read back whole by the format's own reader, flat in memory, and served."""

import json
import os
import threading
import tracemalloc
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from cycleproof.analysis.summary import analyse
from cycleproof.artifact.format import decode, encode
from cycleproof.base.errors import Unreadable
from cycleproof.view.trace import chrome
from cycleproof.view.trace.serve import Source, TraceServer
from frozen.artifact import Artifact
from frozen.problem import Shape
from tests.support import cli, samples
from tests.support.browser import browser, needed
from tests.support.programs import scalar_kernel

perfetto = pytest.importorskip("cycleproof.view.trace.perfetto")
SHIPPED = Path("artifacts/kernel.json")
LIMITS = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1}


class Read:
    """A Perfetto trace read back: every rule of the format that a viewer would warn about."""

    def __init__(self, data: bytes) -> None:
        from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import (
            Trace,
            TracePacket,
            TrackEvent,
        )

        self.tracks, self.slices, self.samples = {}, [], defaultdict(list)
        names, annotations, open_slices, last = {}, {}, {}, 0
        trace = Trace.FromString(data)
        assert trace.SerializeToString() == data
        for number, packet in enumerate(trace.packet):
            cleared = TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
            assert bool(packet.sequence_flags & cleared) == (number == 0)
            assert packet.trusted_packet_sequence_id == 1
            for table, kept in (
                (packet.interned_data.event_names, names),
                (packet.interned_data.debug_annotation_names, annotations),
            ):
                for entry in table:
                    assert entry.iid not in kept
                    kept[entry.iid] = entry.name
            if packet.HasField("track_descriptor"):
                track = packet.track_descriptor
                assert track.uuid not in self.tracks
                assert not track.HasField("parent_uuid") or track.parent_uuid in self.tracks
                self.tracks[track.uuid] = track.name
                continue
            event = packet.track_event
            assert packet.timestamp >= last
            last = packet.timestamp
            track = self.tracks[event.track_uuid]
            if event.type == TrackEvent.TYPE_SLICE_BEGIN:
                assert track not in open_slices
                about = {}
                for item in event.debug_annotations:
                    text = item.HasField("string_value")
                    name = annotations[item.name_iid]
                    about[name] = item.string_value if text else item.int_value
                open_slices[track] = (event.name or names[event.name_iid], packet.timestamp, about)
            elif event.type == TrackEvent.TYPE_SLICE_END:
                name, start, about = open_slices.pop(track)
                self.slices.append((track, start, packet.timestamp - start, name, about))
            else:
                assert event.type == TrackEvent.TYPE_COUNTER
                self.samples[track].append((packet.timestamp, event.counter_value))
        assert not open_slices


class Sink:
    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


def kernel(shape: Shape) -> Artifact:
    program = scalar_kernel(shape)
    generator = {"name": "test", "version": "1", "sources_sha256": "0"}
    return decode(encode(shape, program, len(program), generator), "test")


@pytest.mark.slow
def test_the_shipped_kernels_trace_reads_back_whole(tmp_path: Path) -> None:
    out = tmp_path / "k.pftrace"
    answer = samples.run("trace", SHIPPED.resolve(), "-o", out, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    data = out.read_bytes()
    assert len(data) < 20 << 20
    trace = Read(data)
    program = json.loads(SHIPPED.read_bytes())["program"]
    expected = Counter()
    for cycle, bundle in enumerate(program):
        for engine, slots in bundle.items():
            for index, slot in enumerate(slots):
                expected[f"{engine} {index}", cycle * 1000, slot[0], cycle] += 1
    got = Counter(
        (t, start, about["op"], about["bundle"]) for t, start, _, _, about in trace.slices
    )
    assert got == expected
    assert {duration for _, _, duration, _, _ in trace.slices} == {1000}
    for engine in LIMITS:
        values = dict(trace.samples[f"{engine} slots"])
        now, per_cycle = 0, []
        for cycle in range(len(program)):
            now = values.get(cycle * 1000, now)
            per_cycle.append(now)
        assert per_cycle == [len(bundle.get(engine, ())) for bundle in program]
    assert {"live scratch words", "memory words loaded", "memory words stored"} <= set(
        trace.tracks.values()
    )
    rounds = {about.get("round") for *_, about in trace.slices}
    assert set(range(16)) <= rounds


def test_names_are_in_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = samples.artifact().decoded
    names = [
        {engine: [f"{engine} label"] * len(slots) for engine, slots in bundle.items()}
        for bundle in artifact.program
    ]
    parts: list[bytes] = []
    sink = Sink()
    monkeypatch.setattr(sink, "write", parts.append)
    perfetto.write(analyse(artifact), names, sink)
    assert {name for _, _, _, name, _ in Read(b"".join(parts)).slices} == {
        f"{engine} label" for bundle in artifact.program for engine in bundle
    }


def test_chrome_json(tmp_path: Path) -> None:
    out = tmp_path / "k.json"
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    answer = samples.run("trace", artifact, "-o", out, "--format", "json", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    events = json.loads(out.read_bytes())["traceEvents"]
    program = samples.artifact().decoded.program
    slices = [event for event in events if event["ph"] == "X"]
    assert len(slices) == sum(len(slots) for bundle in program for slots in bundle.values())
    rows = {e["tid"]: e["args"]["name"] for e in events if e.get("name") == "thread_name"}
    assert rows[slices[0]["tid"]].split()[0] in program[0]


@pytest.mark.slow
@pytest.mark.parametrize("writer", [perfetto, chrome])
def test_memory_does_not_grow_with_the_run(writer: ModuleType) -> None:
    """What the writers hold is the same for 700 and for 4,200 bundles."""
    peaks = []
    for lanes in (4, 24):
        analysis = analyse(kernel(Shape(3, 6, lanes)))
        assert analysis.liveness  # cached: part of the analysis, not of the writing
        sink = Sink()
        writer.write(analysis, None, sink)  # templates and interned names are cached now
        tracemalloc.start()
        writer.write(analysis, None, sink)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 8_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["artifacts/kernel.json"], "one of -o FILE and --serve"),
        (["artifacts/kernel.json", "-o", "x", "--serve"], "one of -o FILE and --serve"),
        (["/nowhere.json", "-o", "x"], "No such file"),
        (["artifacts/kernel.json", "-o", "/nowhere/x"], "cannot write"),
        (["artifacts/kernel.json", "--serve", "--ui", "javascript:alert(1)"], "--ui"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], message: str) -> None:
    answer = samples.run("trace", *arguments, cwd=cli.ROOT)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_missing_package_is_exit_code_5_and_json_still_works(tmp_path: Path) -> None:
    (tmp_path / "perfetto.py").write_text("raise ImportError")
    path = f"{tmp_path}{os.pathsep}{cli.ROOT}"
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    answer = samples.run("trace", artifact, "-o", "x", cwd=tmp_path, PYTHONPATH=path)
    assert answer.returncode == 5
    assert "[trace]'" in answer.stderr
    assert not (tmp_path / "x").exists()
    json_too = samples.run(
        *("trace", artifact, "-o", "x", "--format", "json"), cwd=tmp_path, PYTHONPATH=path
    )
    assert json_too.returncode == 0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[TraceServer, Path]]:
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    with TraceServer(Source(artifact, 0, perfetto.write), 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server, artifact
        server.shutdown()


def get(server: TraceServer, path: str, host: str | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(server.url + path, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.mark.slow
def test_the_server_serves_its_few_paths_and_notices_a_rebuild(
    served: tuple[TraceServer, Path],
) -> None:
    server, artifact = served
    assert server.server_address[0] == "127.0.0.1"
    status, before = get(server, "version")
    assert status == 200
    status, trace = get(server, "trace")
    assert len(Read(trace).slices) > 100
    status, view = get(server, "view")
    assert b'<canvas id="map"' in view
    new = artifact.with_suffix(".new")
    new.write_bytes(samples.artifact("baseline", Shape(2, 2, 8)).data)
    new.replace(artifact)
    assert get(server, "version")[1] != before
    assert len(Read(get(server, "trace")[1]).slices) < len(Read(trace).slices)
    artifact.write_text("{")
    status, message = get(server, "trace")
    assert status == 503
    assert b"kernel.json" in message
    for path in ("etc/passwd", "../kernel.json", "kernel.json", "%2e%2e/x"):
        assert get(server, path)[0] == 404
    assert get(server, "trace", host="evil.example")[0] == 403


def test_a_port_in_use_is_one_error(served: tuple[TraceServer, Path]) -> None:
    server, artifact = served
    with pytest.raises(Unreadable, match=f"port {server.server_port}"):
        TraceServer(Source(artifact, 0, perfetto.write), server.server_port)


class FakeUi(BaseHTTPRequestHandler):
    """Answers as the Perfetto UI does: PONG to PING, and takes what is posted to it."""

    def do_GET(self) -> None:
        body = b"""<!doctype html><script>
        addEventListener("message", (event) => {
          if (event.data === "PING") event.source.postMessage("PONG", event.origin);
          else document.title = event.data.perfetto.title + " " +
            event.data.perfetto.buffer.byteLength;
          parent.postMessage({title: document.title}, "*");
        });</script>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.slow
@needed
def test_the_page_hands_the_trace_to_the_ui_and_again_after_a_rebuild(tmp_path: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    with HTTPServer(("127.0.0.1", 0), FakeUi) as fake:
        threading.Thread(target=fake.serve_forever, daemon=True).start()
        source = Source(artifact, 0, perfetto.write, f"http://127.0.0.1:{fake.server_port}")
        with TraceServer(source, 0) as server, browser() as driver:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            driver.get(server.url)
            driver.execute_script(
                "window.titles = []; addEventListener('message', (e) => "
                "e.data.title && titles.push(e.data.title));"
            )

            def wait_for(size: int) -> None:
                wanted = f"kernel.json {size}"
                WebDriverWait(driver, 15).until(
                    lambda d: wanted in d.execute_script("return titles")
                )

            wait_for(len(source.trace()))
            artifact.write_bytes(samples.artifact("baseline", Shape(2, 2, 8)).data)
            wait_for(len(source.trace()))
            server.shutdown()
        fake.shutdown()


@pytest.mark.slow
@needed
def test_without_the_ui_the_page_shows_our_own_view(served: tuple[TraceServer, Path]) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    _, artifact = served
    unreachable = "http://127.0.0.1:9"
    with (
        TraceServer(Source(artifact, 0, perfetto.write, unreachable), 0) as server,
        browser() as driver,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        driver.get(server.url)
        state = driver.find_element(By.ID, "state")
        WebDriverWait(driver, 20).until(lambda _: "offline view" in state.text)
        driver.switch_to.frame("frame")
        WebDriverWait(driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, "#map[data-to]"))
        server.shutdown()
