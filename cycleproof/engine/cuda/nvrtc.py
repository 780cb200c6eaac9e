"""NVRTC, which makes machine code for GPUs; it needs neither a GPU nor CUDA's driver."""

from ..errors import Unsupported

OPTIONS = ("-std=c++17",)


def cubin(text: str, capability: str) -> bytes:
    """The machine code of a CUDA text for a compute capability, as ``90``.

    Raises ``Unsupported`` with what the compiler says.
    """
    from cupy_backends.cuda.libs import nvrtc

    program = nvrtc.createProgram(text, "bulk.cu", (), ())
    try:
        nvrtc.compileProgram(program, (*OPTIONS, f"--gpu-architecture=sm_{capability}"))
        code: bytes = nvrtc.getCUBIN(program)
    except nvrtc.NVRTCError as error:
        said = [line for line in nvrtc.getProgramLog(program).splitlines() if "error" in line]
        raise Unsupported(f"NVRTC refuses it: {[*said, error][0]}") from None
    finally:
        nvrtc.destroyProgram(program)
    return code
