"""A page on the loopback interface that hands the trace to the Perfetto UI, again at each build.

The UI runs in a frame from its own site and gets the trace by a message from the page; nothing is
uploaded. Where the site does not answer, the page shows our own offline view. The server answers
GET for its own few paths.
"""

import hashlib
import io
import json
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from importlib import resources
from pathlib import Path

from ...analysis.summary import analyse
from ...artifact.format import load
from ...artifact.names import load_names, names_path
from ...base.errors import CycleproofError, Unreadable
from ...base.loopback import NOT_FOUND, TEXT, LoopbackServer, Response
from ...base.text import printable
from .events import Writer

UI = "https://ui.perfetto.dev"


def policy(ui: str) -> str:
    """What the page may do: run its own script, talk to its own server, frame the UI."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self';"
        f" frame-src 'self' {ui}; base-uri 'none'; form-action 'none'"
    )


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
        """The trace of the artifact as it is now. Raises ``CycleproofError``."""
        loaded = load(self.artifact)
        file = io.BytesIO()
        names = load_names(self.artifact, loaded.decoded)
        self._writer(analyse(loaded.decoded, self._seed), names, file)
        return file.getvalue()

    def view(self) -> bytes:
        """Our own view of the artifact as it is now. Raises ``CycleproofError``."""
        from ..report.html import schedule_page

        loaded = load(self.artifact)
        names = load_names(self.artifact, loaded.decoded)
        return schedule_page(analyse(loaded.decoded, self._seed), names, self.artifact.name)


def answer(source: Source, path: str) -> Response:
    """The answer to a GET of ``path``; a broken artifact is a message, and the server goes on."""
    files = {"/": ("serve.html", "text/html"), "/serve.js": ("serve.js", "text/javascript")}
    try:
        if path in files:
            name, kind = files[path]
            body = resources.files("cycleproof.view.trace").joinpath(name).read_bytes()
            # The view brings a stricter policy of its own.
            allowed = policy(source.ui) if path == "/" else ""
            return Response(HTTPStatus.OK, f"{kind}; charset=utf-8", body, allowed)
        if path == "/version":
            about = {"version": source.version(), "name": source.artifact.name, "ui": source.ui}
            return Response(HTTPStatus.OK, "application/json", json.dumps(about).encode())
        if path == "/trace":
            return Response(HTTPStatus.OK, "application/octet-stream", source.trace())
        if path == "/view":
            return Response(HTTPStatus.OK, "text/html; charset=utf-8", source.view())
    except CycleproofError as error:
        text = printable(f"{error} {error.hint}".strip())
        return Response(HTTPStatus.SERVICE_UNAVAILABLE, TEXT, text.encode())
    return NOT_FOUND


class TraceServer(LoopbackServer):
    """Serves one source on the loopback interface. Raises ``Unreadable`` if the port is taken."""

    def __init__(self, source: Source, port: int) -> None:
        super().__init__(partial(answer, source), port)


def serve_trace(source: Source, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    load(source.artifact)  # a wrong name is told before a browser is opened
    TraceServer(source, port).serve(printable(str(source.artifact)), say)
