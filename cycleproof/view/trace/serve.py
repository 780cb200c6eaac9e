"""A page on the loopback interface that hands the trace to the Perfetto UI, again at each build.

The UI runs in a frame from its own site and gets the trace by a message from the page; nothing is
uploaded. Where the site does not answer, the page shows our own offline view. The server answers
GET for its own few paths, and only under its own name (another name would be DNS rebinding).
"""

import hashlib
import io
import json
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from ...analysis.summary import analyse
from ...artifact.format import load
from ...artifact.names import load_names, names_path
from ...base.errors import CycleproofError, Unreadable
from ...base.text import printable
from .events import Writer

UI = "https://ui.perfetto.dev"


def policy(ui: str) -> str:
    """What the page may do: run its own script, talk to its own server, frame the UI."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self';"
        f" frame-src 'self' {ui}; base-uri 'none'; form-action 'none'"
    )


class Answer(NamedTuple):
    """One response."""

    status: HTTPStatus
    kind: str
    body: bytes


class Source:
    """The artifact on disk, read anew whenever it is asked for."""

    def __init__(self, artifact: Path, seed: int, writer: Writer, ui: str = UI) -> None:
        if not re.fullmatch(r"https?://[\w.:-]+", ui):
            raise Unreadable(f"--ui {ui!a:.60}: expected an address such as {UI}")
        self.artifact = artifact
        self.ui = ui
        self._seed = seed
        self._writer = writer

    def version(self) -> str:
        """Changes when the file does: a rebuild renames a new file into place."""
        text = ""
        for path in (self.artifact, names_path(self.artifact)):
            try:
                found = path.stat()
            except OSError:
                text += " none"
            else:
                text += f" {found.st_mtime_ns} {found.st_size} {found.st_ino}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def trace(self) -> bytes:
        """The trace of what is there now. Raises ``CycleproofError``."""
        loaded = load(self.artifact)
        file = io.BytesIO()
        names = load_names(self.artifact, loaded.decoded)
        self._writer(analyse(loaded.decoded, self._seed), names, file)
        return file.getvalue()

    def view(self) -> bytes:
        """Our own view of what is there now. Raises ``CycleproofError``."""
        from ..report.html import schedule_page

        loaded = load(self.artifact)
        names = load_names(self.artifact, loaded.decoded)
        return schedule_page(analyse(loaded.decoded, self._seed), names, self.artifact.name)


def answer(source: Source, path: str) -> Answer:
    """What a GET of ``path`` is answered with; a broken artifact is a message, not an end."""
    files = {"/": ("serve.html", "text/html"), "/serve.js": ("serve.js", "text/javascript")}
    try:
        if path in files:
            name, kind = files[path]
            body = resources.files("cycleproof.view.trace").joinpath(name).read_bytes()
            return Answer(HTTPStatus.OK, f"{kind}; charset=utf-8", body)
        if path == "/version":
            about = {"version": source.version(), "name": source.artifact.name, "ui": source.ui}
            return Answer(HTTPStatus.OK, "application/json", json.dumps(about).encode())
        if path == "/trace":
            return Answer(HTTPStatus.OK, "application/octet-stream", source.trace())
        if path == "/view":
            return Answer(HTTPStatus.OK, "text/html; charset=utf-8", source.view())
    except CycleproofError as error:
        text = printable(f"{error} {error.hint}".strip())
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", text.encode())
    return Answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"not found")


class TraceServer(ThreadingHTTPServer):
    """Serves one source on the loopback interface. Raises ``Unreadable`` if the port is taken."""

    daemon_threads = True

    def __init__(self, source: Source, port: int) -> None:
        self.source = source
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise Unreadable(f"port {port}: {error.strerror}", "try another --port") from None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: TraceServer

    def do_GET(self) -> None:
        port = self.server.server_port
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            reply = Answer(HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", b"wrong host")
        else:
            reply = answer(self.server.source, self.path.partition("?")[0])
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if self.path == "/":  # the view brings a stricter policy of its own
            self.send_header("Content-Security-Policy", policy(self.server.source.ui))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the page shows what there is to know."""


def serve_trace(source: Source, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    load(source.artifact)  # a wrong name is told before a browser is opened
    with TraceServer(source, port) as server:
        say(f"{server.url} shows {printable(str(source.artifact))}; stop with Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
