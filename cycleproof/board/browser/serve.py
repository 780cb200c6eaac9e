"""The page on the loopback interface: its own files and nothing else."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from ...base.loopback import NOT_FOUND, LoopbackServer, Response

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


class PageServer(LoopbackServer):
    """Serves ``files`` by their paths. Raises ``Unreadable`` if the port is taken."""

    def __init__(self, files: Mapping[str, bytes], port: int) -> None:
        def answer(path: str) -> Response:
            name = path.removeprefix("/")
            name = f"{name}index.html" if name.endswith("/") or not name else name
            kind = _KINDS.get(name.rpartition(".")[2], "text/plain")
            return Response(HTTPStatus.OK, kind, files[name]) if name in files else NOT_FOUND

        super().__init__(answer, port)


def serve_files(files: Mapping[str, bytes], port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    PageServer(files, port).serve("the page", say)
