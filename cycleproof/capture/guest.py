"""The process that runs a stranger's generator: what the interpreter is given by ``-c``.

It never meets the simulator that judges, nor any inputs. The job comes on stdin; what goes back
is one frame on a private pipe: the job's nonce, eight bytes of length, a JSON document. Then the
process ends at once, so that no hook, thread or destructor can run afterwards.
"""

import importlib.util
import json
import os
import resource
import sys
import traceback
from contextlib import suppress
from types import ModuleType
from typing import Any


def limit(limits: dict[str, int]) -> None:
    """Set the hard limits, and lower where the system's own are lower."""
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is not None:
            _, hard = resource.getrlimit(number)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with suppress(ValueError, OSError):  # where a system has the name and not the limit
                resource.setrlimit(number, (value, value))


def supervise() -> None:
    """Go on in a child; this process, its parent, only waits and passes the status on."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)


def module_of(name: str, text: str) -> ModuleType:
    """Execute a handed-over text as the module ``name``."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def build(job: dict[str, Any], plain: ModuleType) -> list[Any]:
    """Run the generator once and read its program; a second reading agrees, or ``Refused``."""
    spec = importlib.util.spec_from_file_location(job["module"], job["entry"])
    if spec is None or spec.loader is None:
        raise plain.Unusable("not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[job["module"]] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "KernelBuilder"):
        raise plain.Unusable("defines no KernelBuilder")
    builder = module.KernelBuilder()
    builder.build_kernel(*job["arguments"])
    first = builder.instrs
    program: list[Any] = plain.plain(first)
    again = builder.instrs
    if again is not first and plain.plain(again) != program:
        raise plain.Unusable("instrs changes between two readings")
    return program


def complaint(error: BaseException, folder: str) -> str:
    """The stranger's exception in one line, with the last place in its own files."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f for f in frames if f.filename.startswith(folder)]
    place = ""
    if places:
        place = f" ({places[-1].filename.removeprefix(folder)[1:]}:{places[-1].lineno})"
    return f"{type(error).__name__}: {error!s:.400}{place}"


def answer(job: dict[str, Any], plain: ModuleType) -> dict[str, Any]:
    """The instruction dump, or why there is none."""
    try:
        program = build(job, plain)
    except plain.Unusable as error:
        return {"refused": str(error)}
    except BaseException as error:
        try:
            return {"refused": complaint(error, job["folder"])}
        except BaseException:
            return {"refused": "an exception that cannot be shown"}
    return {"params": job["params"], "instrs": program}


def main() -> None:
    """Serve the one job that comes on stdin."""
    job = json.loads(sys.stdin.buffer.read())
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    supervise()
    pipe = job.pop("pipe")
    nonce = job.pop("nonce").encode()
    limit(job["limits"])
    sys.argv = [job["entry"]]
    sys.path.insert(0, job["folder"])
    plain = module_of("_plain", job.pop("plain"))
    if text := job.pop("problem"):  # else the generator's own, which lies in its folder
        module_of("problem", text)
    body = json.dumps(answer(job, plain)).encode()
    frame = nonce + len(body).to_bytes(8, "big") + body
    while frame:
        frame = frame[os.write(pipe, frame) :]
    os._exit(0)


if __name__ == "__main__":
    main()
