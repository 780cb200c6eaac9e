"""The check in the browser: pins, the driver against ``verify``, and Chromium itself.

``npm install --no-save pyodide@VERSION`` brings what Chromium needs.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

from cycleproof.artifact.format import encode
from cycleproof.board.browser import driver as page_driver
from cycleproof.board.browser import files as page_files
from cycleproof.board.browser import vendor
from cycleproof.board.browser.files import check_files, modules
from cycleproof.board.browser.serve import PageServer
from frozen.problem import Shape
from tests.corpus.documents import ROWS
from tests.support import axe
from tests.support.browser import browser, needed
from tests.support.cli import ROOT
from tests.support.programs import scalar_kernel

PYODIDE = ROOT / "node_modules" / "pyodide"
SHAPE = Shape(2, 3, 2)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0" * 64}
WORDS = {0: {"PROVED"}, 1: {"FAILED"}, 2: {"REFUSED"}, 4: {"OPEN"}}
with_pyodide = pytest.mark.skipif(
    not PYODIDE.is_dir(), reason=f"npm install --no-save pyodide@{vendor.VERSION}"
)

DRIVER = """
import json, sys
from pathlib import Path
driver = {"__name__": "driver"}
root, checkout, pairs = sys.argv[1], sys.argv[2], json.loads(sys.stdin.read())
exec(Path(checkout, "cycleproof/board/browser/driver.py").read_text(), driver)
sources = {path.stem: path.read_text() for path in Path(checkout, "frozen").glob("*.py")}
harness = driver["load_frozen"](sources)
driver["prepare"](root)
import cycleproof.proof.prover as prover
prover.preferred = lambda: None  # no solver is there in a browser
for name in pairs:
    answer = driver["verify"](Path(name).read_bytes(), bytes(16), harness, lambda line: None)
    print(json.dumps([answer["word"], answer["text"]]), flush=True)
"""


def kernel(change: Mapping[int, dict[str, list[list[Any]]]] | None = None) -> bytes:
    program = scalar_kernel(SHAPE)
    for number, bundle in (change or {}).items():
        program[number] = bundle
    return encode(SHAPE, program, len(program), GENERATOR)


def wrong_in_one_lane() -> bytes:
    """The last xor of the second lane's last round takes another constant."""
    program = scalar_kernel(SHAPE)
    xors = [
        number
        for number, bundle in enumerate(program)
        if bundle.get("alu", [[""]])[0] == ["^", 5, 4, 26]
    ]
    return kernel({xors[-1]: {"alu": [["^", 5, 4, 27]]}})


def driven(tmp_path: Path, documents: list[bytes]) -> list[list[str]]:
    """What the driver says, in an interpreter that has the page's modules and no package."""
    for name, module in modules().items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module)
    paths = []
    for number, data in enumerate(documents):
        path = tmp_path / f"{number}.json"
        path.write_bytes(data)
        paths.append(str(path))
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", DRIVER, str(tmp_path / "root"), str(ROOT)],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_the_drivers_words(tmp_path: Path) -> None:
    words = driven(tmp_path, [kernel(), wrong_in_one_lane(), b"[]", b"PK\x03\x04" + b"x" * 99])
    assert [word for word, _ in words] == ["PROVED", "FAILED", "REFUSED", "REFUSED"]
    assert "lane 1 is wrong from round 2 on (1 in all)" in words[1][1]


@pytest.mark.parametrize(
    ("data", "deep"),
    [
        (kernel(), False),
        (b"[" * 64 + b"]" * 64, False),
        (b"[" * 65 + b"]" * 65, False),  # the reader looks at it, and refuses it
        (b"[" * 200 + b"]" * 200, True),
        (b'{"a":' * 200, True),
        (b'["' + b"[" * 200 + b'"]', False),
        (b'["\\"' + b"[" * 200 + b'"]', False),
        (b'["\\\\",' + b"[" * 200, True),
        (b"[" + b"[]," * 1000 + b"[]]", False),
    ],
)
def test_what_would_end_the_browsers_python_is_not_read(data: bytes, deep: bool) -> None:
    assert page_driver.too_deep(data) is deep


@pytest.mark.slow
def test_the_driver_agrees_with_verify_on_the_hostile_corpus(tmp_path: Path) -> None:
    answers = driven(tmp_path, [row.make() for row in ROWS])
    differ = [
        (row.case.name, row.case.exit_code, word, text)
        for row, (word, text) in zip(ROWS, answers, strict=True)
        if word not in WORDS[row.case.exit_code]
    ]
    assert differ == []


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[str]:
    with PageServer(files, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.url
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return check_files(PYODIDE)


def text(driver: "Chrome", name: str) -> str:
    return driver.find_element("id", name).text


def wait(driver: "Chrome", condition: Callable[[], object], seconds: float = 600) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, seconds).until(lambda _: condition())


def judged(driver: "Chrome", tmp_path: Path, name: str, data: bytes) -> tuple[str, str]:
    (tmp_path / name).write_bytes(data)
    wait(driver, lambda: driver.find_element("id", "file").is_enabled())
    driver.find_element("id", "file").send_keys(str(tmp_path / name))
    wait(driver, lambda: driver.find_element("id", "result").is_displayed())
    assert text(driver, "name") == f"the file {name}"
    return text(driver, "word"), text(driver, "why")


def patient(driver: "Chrome", minutes: int = 60) -> None:
    """However busy the machine is, no step of a right kernel runs out of time."""
    driver.find_element("id", "minutes").clear()
    driver.find_element("id", "minutes").send_keys(str(minutes))


@contextmanager
def opened(url: str, hurry: float = 1, width: int = 1200) -> Iterator["Chrome"]:
    """The page in a browser whose timers run so many times as fast."""
    with browser(width) as driver:
        faster = f"((real) => {{ setTimeout = (f, ms) => real(f, ms / {hurry}); }})(setTimeout)"
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": faster})
        driver.get(url)
        wait(driver, lambda: text(driver, "state") == "Ready.")
        yield driver


@needed
@with_pyodide
@pytest.mark.slow
def test_chromium_agrees_with_verify_on_the_hostile_corpus(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    differ = []
    with serving(files) as url, opened(url) as driver:
        patient(driver)
        for row in ROWS:
            word, why = judged(driver, tmp_path, "kernel.json", row.make())
            if word not in WORDS[row.case.exit_code]:
                differ.append((row.case.name, row.case.exit_code, word, why))
    assert differ == []


@needed
@with_pyodide
@pytest.mark.slow
def test_a_step_that_takes_too_long_is_left_open(tmp_path: Path, files: dict[str, bytes]) -> None:
    data = (ROOT / "artifacts" / "kernel.json").read_bytes()
    with serving(files) as url, opened(url, hurry=600) as driver:
        word, why = judged(driver, tmp_path, "kernel.json", data)
        assert (word, "not done within a minute here" in why) == ("OPEN", True)
        assert why.split(":")[0] == text(driver, "rows").splitlines()[-1].split()[0]
        patient(driver, 600)
        assert judged(driver, tmp_path, "kernel.json", kernel())[0] == "PROVED"


@needed
@with_pyodide
def test_a_python_that_ends_leaves_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, line = page_files._text, 'step("decode", "reading")'
    assert line in read("driver.py")
    end = f'{line}; data == b"end" and 1 / 0'
    monkeypatch.setattr(page_files, "_text", lambda name: read(name).replace(line, end))
    with serving(check_files(PYODIDE)) as url, opened(url) as driver:
        word, why = judged(driver, tmp_path, "end.json", b"end")
        assert (word, why.startswith("decode: this browser could not do it: Zero")) == (
            "OPEN",
            True,
        )
        assert judged(driver, tmp_path, "end.json", b"[]")[0] == "REFUSED"


@needed
@with_pyodide
def test_a_page_that_cannot_start_says_so(files: dict[str, bytes]) -> None:
    files = {name: data for name, data in files.items() if name != "pyodide/python_stdlib.zip"}
    with serving(files) as url, browser() as driver:
        driver.get(url)
        wait(driver, lambda: text(driver, "word") == "NOT STARTED")
        assert not driver.find_element("id", "file").is_enabled()


@needed
@with_pyodide
@pytest.mark.slow
def test_in_chromium(tmp_path: Path, files: dict[str, bytes]) -> None:
    with serving(files) as url, browser(390) as driver:
        driver.get(url)
        patient(driver)
        word, why = judged(driver, tmp_path, "good.json", kernel())
        assert (word, "stops after" in why) == ("PROVED", True)
        word, why = judged(driver, tmp_path, "wrong.json", wrong_in_one_lane())
        assert (word, "lane 1 is wrong from round 2 on" in why) == ("FAILED", True)
        for row in (row for row in ROWS if row.case.name in ("bomb-nested-lists", "bomb-lists")):
            assert judged(driver, tmp_path, "hostile.json", row.make())[0] == "REFUSED"
        assert judged(driver, tmp_path, "large.json", b" " * (60 << 20))[0] == "REFUSED"
        assert judged(driver, tmp_path, "again.json", kernel())[0] == "PROVED"
        if axe.SCRIPT.exists():
            assert axe.violations(driver) == []
        width = driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390
        loaded = driver.execute_script(
            "return performance.getEntriesByType('resource').map((entry) => entry.name)"
        )
        assert all(name.startswith((url, "blob:")) for name in loaded)
        refused = driver.execute_async_script(
            "const done = arguments[0];"
            "document.addEventListener('securitypolicyviolation', (e) => done(e.blockedURI));"
            "fetch('https://example.invalid/x').catch(() => {});"
        )
        assert refused.startswith("https://example.invalid")


@needed
@with_pyodide
@pytest.mark.slow
def test_cancel_and_the_shipped_kernel(tmp_path: Path, files: dict[str, bytes]) -> None:
    data = (ROOT / "artifacts" / "kernel.json").read_bytes()
    with serving(files) as url, browser(1200) as driver:
        driver.get(url)
        wait(driver, lambda: text(driver, "state") == "Ready.")
        patient(driver)
        driver.find_element("id", "file").send_keys(str(ROOT / "artifacts" / "kernel.json"))
        wait(driver, lambda: "running" in text(driver, "state"))
        driver.find_element("id", "cancel").click()
        wait(driver, lambda: text(driver, "state") == "Ready.")
        assert not driver.find_element("id", "result").is_displayed()
        word, why = judged(driver, tmp_path, "kernel.json", data)
        assert word == "PROVED"
        assert f"stops after {json.loads(data)['claims']['cycles']:,} cycles" in why


@needed
@with_pyodide
def test_a_page_opened_from_a_file_says_what_it_needs(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    for name, data in files.items():
        if not name.startswith("pyodide/"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(data)
    with browser() as driver:
        driver.get(f"file://{tmp_path}/index.html")
        assert text(driver, "state").startswith("Not started: the page's scripts do not run here.")


@needed
@with_pyodide
@pytest.mark.parametrize("name", ["frozen/machine.py", "worker.js", "driver.py", "modules.json"])
def test_one_flipped_byte_is_refused(files: dict[str, bytes], name: str) -> None:
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    with serving(files | {name: bytes(data)}) as url, browser() as driver:
        driver.get(url)
        wait(driver, lambda: text(driver, "word") == "TAMPERED")
        assert text(driver, "why").startswith(f"{name} is not the pinned file: SHA-256 ")
        assert not driver.find_element("css selector", "thead").is_displayed()
        assert not driver.find_element("id", "file").is_enabled()


@with_pyodide
def test_the_server_answers_only_to_its_own_name(files: dict[str, bytes]) -> None:
    from http.client import HTTPConnection

    with serving(files) as url:
        address = url.removeprefix("http://").strip("/")
        for host, path, status in (
            (address, "/", 200),
            (address, "/../x", 404),
            ("evil.example", "/", 403),
        ):
            connection = HTTPConnection(address)
            connection.request("GET", path, headers={"Host": host})
            assert connection.getresponse().status == status
            connection.close()
