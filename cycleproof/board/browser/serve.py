"""The page on the loopback interface: its own files and nothing else, for its own name only."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ...base.errors import Unreadable

_KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "wasm": "application/wasm",
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "xml": "application/atom+xml",
}


class PageServer(ThreadingHTTPServer):
    """Serves ``files`` by their paths. Raises ``Unreadable`` if the port is taken."""

    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes], port: int) -> None:
        self.files = files
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise Unreadable(f"port {port}: {error.strerror}", "try another --port") from None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        port = self.server.server_port
        name = self.path.partition("?")[0].removeprefix("/")
        name = f"{name}index.html" if name.endswith("/") or not name else name
        data = self.server.files.get(name)
        status, kind = HTTPStatus.OK, _KINDS.get(name.rpartition(".")[2], "text/plain")
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            status, kind, data = HTTPStatus.FORBIDDEN, "text/plain", b"wrong host"
        elif data is None:
            status, kind, data = HTTPStatus.NOT_FOUND, "text/plain", b"not found"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the page shows what there is to know."""


def serve_files(files: Mapping[str, bytes], port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    with PageServer(files, port) as server:
        say(f"{server.url} shows the page; stop with Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
