"""``python -m benchmarks.browser [--write]``: the check in the browser, in headless Chromium.

The shipped kernel on the page that ``cycleproof serve`` shows: seconds of the clock until Python is
ready and for each step, and the most memory that a process of the browser's held (its renderer, in
which the worker lives). It needs ``chromium``, ``chromedriver`` and a copy of Pyodide in
``node_modules`` (``npm install --no-save pyodide@VERSION``).
"""

import argparse
import os
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

from cycleproof.board.browser.files import check_files
from cycleproof.board.browser.serve import PageServer
from docs.page import publish
from tests.support.browser import browser
from tests.support.optional import optional

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "judging.md"
KERNEL = ROOT / "artifacts" / "kernel.json"
STEPS = {
    "decode": "reading",
    "shifts": "looking at shifts",
    "seeds": "seeds, fixed and fresh",
    "directed": "built inputs",
    "proof": "prover and checker",
}
# Notes when each step began; it sees what the page sees, and changes nothing.
WATCH = """
window.begun = [];
const Plain = Worker;
Worker = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      const step = data.ready ? "ready" : data.step ?? (data.verdict && "end");
      if (step && window.begun.at(-1)?.[0] !== step) window.begun.push([step, performance.now()]);
    });
  }
};
"""


def renderer_mib(driver: int) -> int:
    """The most memory that one process below the driver's has held, in MiB."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
        except OSError:  # it has just ended
            continue
        parents[int(fields["Pid"])] = int(fields["PPid"]), int(fields.get("VmHWM", "0").split()[0])
    below, found = {driver}, 0
    while more := {pid for pid, (parent, _) in parents.items() if parent in below} - below:
        below |= more
        found = max([found, *(parents[pid][1] for pid in more)])
    return found >> 10


def measured(minutes: int) -> tuple[str, dict[str, float], int]:
    """The verdict, the seconds of each step, and the memory of the renderer in MiB."""
    ui = optional("selenium.webdriver.support.ui", "--group test")
    with (
        PageServer(check_files(ROOT / "node_modules" / "pyodide"), 0) as server,
        browser() as driver,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wait = ui.WebDriverWait(driver, minutes * 60)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        driver.get(server.url)
        file = driver.find_element("id", "file")
        wait.until(lambda _: file.is_enabled())
        driver.execute_script("document.getElementById('minutes').value = arguments[0]", minutes)
        file.send_keys(str(KERNEL))
        wait.until(lambda _: driver.find_element("id", "result").is_displayed())
        word = driver.find_element("id", "word").text
        begun = driver.execute_script("return window.begun")
        held = renderer_mib(driver.service.process.pid)
        server.shutdown()
    marks = [(step, at / 1000) for step, at in begun]
    seconds = {"ready": marks[0][1]}
    seconds |= {step: end - at for (step, at), (_, end) in pairwise(marks[1:])}
    return word, seconds, held


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=10, help="For each step, at most.")
    parser.add_argument("--write", action="store_true", help="Renew the table in the docs.")
    options = parser.parse_args()
    word, seconds, held = measured(options.minutes)
    rows = [("until Python is ready", f"{seconds.pop('ready'):.1f} s")]
    rows += [(STEPS[step], f"{took:.1f} s") for step, took in seconds.items()]
    rows += [
        ("from the file to the verdict", f"{sum(seconds.values()):.1f} s"),
        ("the renderer's memory, at most", f"{held:,} MiB"),
    ]
    print(f"{word}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at {time.ctime()}")
    publish("browser", ("the shipped kernel", word), rows, options.write, PAGE)
    if word != "PROVED":
        sys.exit(f"the verdict is {word}")


if __name__ == "__main__":
    main()
