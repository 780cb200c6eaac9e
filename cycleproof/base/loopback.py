"""A server on the loopback interface: it answers GET, and only under its own name.

Another name in a request would be DNS rebinding: a stranger's page that reads what is served here.
"""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from .errors import Unreadable

TEXT = "text/plain; charset=utf-8"


class Response(NamedTuple):
    """The answer to a GET. ``policy``: the page's permissions, where the page states none."""

    status: HTTPStatus
    kind: str
    body: bytes
    policy: str = ""


NOT_FOUND = Response(HTTPStatus.NOT_FOUND, TEXT, b"not found")
_WRONG_HOST = Response(HTTPStatus.FORBIDDEN, TEXT, b"wrong host")


class LoopbackServer(ThreadingHTTPServer):
    """Answers paths, which come without their query. Raises ``Unreadable`` if the port is taken."""

    daemon_threads = True

    def __init__(self, answer: Callable[[str], Response], port: int) -> None:
        self.answer = answer
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise Unreadable(f"port {port}: {error.strerror}", "try another --port") from None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"

    def serve(self, what: str, say: Callable[[str], None]) -> None:
        """Serve until a signal ends us; the line that says where names ``what`` is shown."""
        with self:
            say(f"{self.url} shows {what}; stop with Ctrl-C")
            self.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    server: LoopbackServer

    def do_GET(self) -> None:
        """Response a request that names this machine as its host."""
        port = self.server.server_port
        reply = _WRONG_HOST
        if self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}"):
            reply = self.server.answer(self.path.partition("?")[0])
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if reply.policy:
            self.send_header("Content-Security-Policy", reply.policy)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the page shows what there is to know."""
