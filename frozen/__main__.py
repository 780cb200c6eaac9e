"""Run the frozen base from bytes that were hashed, never from files that import would find.

``python3 -I frozen ARTIFACT`` reads the files beside this one, holds them against SHA256SUMS and
executes those very bytes. A parent that has hashed the bytes itself passes this file's text by
``-c`` and the rest, with a job, on stdin; the answer goes to stdout behind the job's nonce.
"""

import hashlib
import json
import sys
from pathlib import Path
from types import ModuleType

MODULES = ("__init__", "errors", "ops", "problem", "decode", "machine", "harness")
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


def run_from_folder(folder: Path) -> int:
    """Hash, compare, load, and hand over to the harness's command line."""
    pins = {}
    for line in (folder / "SHA256SUMS").read_text("ascii").splitlines():
        if line and not line.startswith("#"):
            digest, _, name = line.partition("  ")
            pins[name] = digest
    files = {name: (folder / f"{name}.py").read_bytes() for name in ("__main__", *MODULES)}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != pins.get(f"{name}.py"):
            print(f"error: frozen/{name}.py is not the file of SHA256SUMS", file=sys.stderr)
            return ALTERED
    harness = load({name: data.decode() for name, data in files.items()})
    status: int = harness.main(sys.argv[1:])
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
