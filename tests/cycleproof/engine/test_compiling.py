"""Compilers in a child with limits: what they make, and each way in which they do not return.

No GPU is needed: a stand-in takes NVRTC's place, and CuPy's.
"""

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("numpy")

from cycleproof.engine import compiling
from cycleproof.engine.cuda import device
from cycleproof.engine.cuda.device import Device
from cycleproof.engine.errors import Unsupported
from cycleproof.engine.ir import execute
from cycleproof.engine.slices import cut
from frozen.problem import Shape
from tests.support.kernels.engines import of_recipe

SMALL = Shape(3, 4, 8)


def hangs() -> bytes:
    """In C, where no handler of Python's runs."""
    return hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)


def grows() -> bytes:
    return bytes(compiling.MEMORY_LIMIT)


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuses() -> None:
    raise Unsupported("NVRTC refuses it: bulk.cu(1): error")


WAYS = [
    (dies, "NVRTC does not get through with it: its process ended without an answer"),
    (grows, "NVRTC does not get through with it: it needs more than"),
    (refuses, "NVRTC refuses it"),
    pytest.param(
        hangs,
        "NVRTC does not get through with it: it needs more than 1 s of processor time",
        marks=pytest.mark.slow,
    ),
]


def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "SECONDS", 1)
    monkeypatch.setattr(compiling, "MEMORY_LIMIT", 1 << 28)


def test_what_a_compiler_makes_comes_back() -> None:
    assert compiling.compiled("NVRTC", lambda: b"code") == b"code"


@pytest.mark.parametrize(("compiler", "says"), WAYS)
def test_a_compiler_that_does_not_return(
    compiler: Callable[[], bytes], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch)
    with pytest.raises(Unsupported, match=says):
        compiling.compiled("NVRTC", compiler)


class Module:
    """What ``cupy.RawModule`` is asked for; it keeps the code that it was given."""

    def __init__(self, path: str) -> None:
        self.code = Path(path).read_bytes()

    def get_function(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, code=self.code, max_dynamic_shared_size_bytes=0)


Made = Callable[[Callable[[str, str], bytes | None]], Device]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """A device on a stand-in for CuPy, whose code a given function makes of the text."""
    monkeypatch.setattr(
        device,
        "_cupy",
        lambda: SimpleNamespace(
            RawModule=Module,
            cuda=SimpleNamespace(Device=lambda: SimpleNamespace(compute_capability="90")),
        ),
    )
    subject = of_recipe("vector", SMALL)
    sliced = cut(execute(subject.program, subject.shape))

    def make(compiler: Callable[[str, str], bytes | None]) -> Device:
        monkeypatch.setattr(device, "cubin", compiler)
        return device.Device(sliced)

    return make


def test_a_device_loads_what_the_child_made(made: Made) -> None:
    parent = os.getpid()
    kernel = made(lambda text, capability: f"{capability} {os.getpid()} {text}".encode()).kernel
    capability, process, text = kernel.code.decode().split(" ", 2)
    assert (kernel.name, capability) == ("bulk", "90")
    assert int(process) != parent
    assert "KERNEL bulk(" in text
    assert "#define __CUDACC__" not in text  # NVRTC does
    assert kernel.max_dynamic_shared_size_bytes > 0


def test_a_device_survives_its_compiler(made: Made) -> None:
    with pytest.raises(Unsupported, match="NVRTC does not get through with it"):
        made(lambda _text, _capability: dies())
