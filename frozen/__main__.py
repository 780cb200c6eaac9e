"""Run the frozen base from bytes that were hashed, never from files that import would find.

``python3 -I frozen/__main__.py ARTIFACT`` reads the files beside this one, holds them against
SHA256SUMS and executes those very bytes. A parent that has hashed the bytes itself passes this
file's text by ``-c`` and the rest, with a job, on stdin; the answer goes to stdout behind the
job's nonce.

Name this file, not its folder: of a folder, Python imports modules of its own library by way of
that folder before the first line below, so an extra ``frozen/contextlib.py`` would run first.
"""

import sys

if __name__ == "__main__" and "__file__" in globals() and (__spec__ or not sys.flags.safe_path):
    del sys.path[0]  # this folder: nothing below may be imported from it

import hashlib
import json
from pathlib import Path
from types import ModuleType

MODULES = ("__init__", "errors", "ops", "program", "machine", "problem", "artifact", "harness")
SUMS = "SHA256SUMS"
ALTERED = 3


def load(sources: dict[str, str]) -> ModuleType:
    """Execute the modules' sources as the package ``frozen``; return its harness."""
    for name in MODULES:
        full = "frozen" if name == "__init__" else f"frozen.{name}"
        module = ModuleType(full)
        module.__package__ = "frozen"
        if name == "__init__":
            module.__path__ = []
        sys.modules[full] = module
        exec(compile(sources[name], f"frozen/{name}.py", "exec", dont_inherit=True), vars(module))
    return sys.modules["frozen.harness"]


def read_pinned(folder: Path) -> dict[str, str]:
    """The sources by module name, each file being the one of SHA256SUMS and no other beside them.

    ``__pycache__`` is allowed: Python writes it where the package is imported, and nothing here
    is. Raises ``ValueError`` with what is wrong, ``OSError``.
    """
    names = {f"{name}.py" for name in ("__main__", *MODULES)}
    for path in sorted(folder.iterdir()):
        if path.name not in names | {SUMS, "__pycache__"}:
            raise ValueError(f"frozen: {path.name!a} does not belong to the base; remove it")
    pins = {}
    for line in (folder / SUMS).read_bytes().decode("ascii", "replace").splitlines():
        digest, _, name = line.partition("  ")
        pins[name] = digest
    sources = {}
    for name in sorted(names):
        data = (folder / name).read_bytes() if (folder / name).is_file() else b""
        if hashlib.sha256(data).hexdigest() != pins.get(name):
            raise ValueError(f"frozen/{name} is not the file of {SUMS}")
        sources[name.removesuffix(".py")] = data.decode()
    return sources


def run_from_folder(folder: Path) -> int:
    """Hash, compare, load, and hand over to the harness's command line. 3: altered."""
    try:
        sources = read_pinned(folder)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return ALTERED
    status: int = load(sources).main(sys.argv[1:])
    return status


def run_from_stdin() -> None:
    """Read ``{"sources", "job"}``, limit this process, serve the job, write the framed answer."""
    import resource

    message = json.loads(sys.stdin.buffer.read())
    job = message["job"]
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = load(message["sources"]).serve(job)
    answer["flags"] = {name: getattr(sys.flags, name) for name in job["flags"]}
    body = json.dumps(answer).encode()
    sys.stdout.buffer.write(f"{job['nonce']} {len(body)}\n".encode() + body)


if __name__ == "__main__":
    if "__file__" in globals():
        sys.exit(run_from_folder(Path(__file__).parent))
    run_from_stdin()
