"""The frame: only a whole one with this run's nonce is taken, whatever else comes."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cycleproof.base.errors import GeneratorFailed
from cycleproof.capture import process
from frozen.artifact import MAX_BYTES

NONCE = b"0123456789abcdef" * 2


class Ended:
    """A child that has written what it had to write."""

    returncode = 0

    def poll(self) -> int | None:
        return 0

    def wait(self, timeout: float | None = None) -> int:
        return 0


def receive(data: bytes, folder: str = ".") -> bytes:
    reader, writer = os.pipe()

    def write() -> None:
        with os.fdopen(writer, "wb") as file:
            file.write(data)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        thread.join(0.05)  # what fits is there before the child counts as ended
        return process._receive(reader, Ended(), NONCE, folder, 5, lambda _: None)
    finally:
        os.close(reader)
        thread.join()


def frame(body: bytes, nonce: bytes = NONCE) -> bytes:
    return nonce + len(body).to_bytes(8, "big") + body


@given(st.binary(max_size=2000))
@settings(max_examples=60)
def test_a_whole_frame_is_taken(body: bytes) -> None:
    assert receive(frame(body)) == body


@given(st.binary(max_size=200), st.data())
@settings(max_examples=60)
def test_no_part_of_a_frame_is_taken(body: bytes, data: st.DataObject) -> None:
    whole = frame(body)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(GeneratorFailed, match="before"):
        receive(whole[:cut])


@given(st.binary(min_size=40, max_size=200))
@example(frame(b"{}", NONCE[::-1]))
@example(b"\n" + frame(b"{}"))
@settings(max_examples=60)
def test_nothing_else_is_taken(noise: bytes) -> None:
    with pytest.raises(GeneratorFailed, match="something else than its result"):
        receive(noise)


def test_an_announced_flood_is_refused_before_it_is_read() -> None:
    with pytest.raises(GeneratorFailed, match="limit"):
        receive(NONCE + (MAX_BYTES + 1).to_bytes(8, "big"))


def test_silence_ends_in_time(tmp_path: Path) -> None:
    class Silent(Ended):
        def poll(self) -> int | None:
            return None

    reader, writer = os.pipe()
    with pytest.raises(GeneratorFailed, match=r"not built in 0\.2 s"):
        process._receive(reader, Silent(), NONCE, tmp_path, 0.2, lambda _: None)
    os.close(reader)
    os.close(writer)


def test_a_closed_pipe_is_not_waited_for_longer_than_that(tmp_path: Path) -> None:
    class Silent(Ended):
        def poll(self) -> int | None:
            return None

    reader, writer = os.pipe()
    os.close(writer)
    with pytest.raises(GeneratorFailed, match=r"not built in 0\.2 s"):
        process._receive(reader, Silent(), NONCE, tmp_path, 0.2, lambda _: None)
    os.close(reader)


def test_many_small_files_count_too(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / f"f{number}").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "f0").write_bytes(bytes(5000))
    assert process._used(tmp_path) == 5000 + 10 * 4096
