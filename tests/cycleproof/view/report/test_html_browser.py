"""The HTML report as Chromium shows it: on four sizes, in both schemes, and on paper."""

import base64
import re
from math import ceil
from pathlib import Path

import pytest

from cycleproof.analysis.summary import Analysis
from tests.support import axe
from tests.support.browser import browser, needed

from .hostile import HOSTILE


@pytest.mark.slow
@needed
def test_in_a_browser(page: str, tmp_path: Path, small: Analysis) -> None:
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    (tmp_path / "report.html").write_text(page)
    with browser(1200) as driver:
        driver.get(f"file://{tmp_path}/report.html")
        canvas = driver.find_element(By.ID, "map")
        cell = driver.find_element(By.ID, "cell")

        def seen() -> tuple[int, int]:
            return int(canvas.get_attribute("data-from")), int(canvas.get_attribute("data-to"))

        assert seen() == (0, small.cycles)
        box = canvas.rect
        # The middle of the first bundle's row: alu slot 0 starts at 52 pixels from the left.
        ActionChains(driver).scroll_to_element(canvas).perform()
        for x in range(60, int(box["width"]), 7):
            ActionChains(driver).move_to_element_with_offset(
                canvas, x - box["width"] / 2, 10 - box["height"] / 2
            ).perform()
            if "alu slot 0" in cell.text and "empty" not in cell.text:
                break
        assert HOSTILE in cell.text  # the name is text
        shown = re.match(r"cycle (\d+), bundle (\d+), alu slot 0: (\S+)", cell.text)
        bundle = small.artifact.program[int(shown[2])]
        assert bundle["alu"][0][0] == shown[3]
        driver.find_element(By.ID, "in").click()
        assert seen()[1] - seen()[0] == round(small.cycles / 2)
        driver.find_element(By.ID, "all").click()
        canvas.send_keys("+", "+", Keys.HOME)
        assert seen() == (0, round(round(small.cycles / 2) / 2))
        canvas.send_keys(Keys.ARROW_RIGHT)
        assert seen()[0] > 0
        canvas.send_keys(Keys.ESCAPE)
        legends = set()
        for mode in ("round", "op", "engine", "vector", "path"):
            Select(driver.find_element(By.ID, "colour")).select_by_value(mode)
            legends.add(driver.find_element(By.ID, "legend").text)
        assert len(legends) == 5
        assert driver.execute_script("return window.hacked") is None
        assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0
        assert driver.get_log("browser") == []


# What a reader sees: every verdict and figure whole and inside the window, no text on top of
# another, none too small, and nothing that has to be scrolled sideways to be seen.
VISIBLE = """
for (const e of document.querySelectorAll("details")) e.open = true;
const inside = (e) => { const b = e.getBoundingClientRect();
  return b.width > 0 && b.left >= 0 && b.right <= innerWidth + 1; };
const small = (e) => parseFloat(getComputedStyle(e).fontSize) < 11;
const met = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
  && a.top < b.bottom - 1 && b.top < a.bottom - 1;
const all = (s) => [...document.querySelectorAll(s)].filter((e) => e.offsetParent !== null
  || e.ownerSVGElement);
const out = [];
for (const e of all("tbody th, td:not(:empty), h1, .means, .bars span, .ticks text, nav a, h2"))
  if (!inside(e)) out.push("outside: " + e.textContent);
for (const e of all("td, th, p, li, .bars span, .plots span, .ticks text"))
  if (small(e)) out.push("too small: " + e.textContent);
for (const e of all("body *"))
  if (getComputedStyle(e).overflowX !== "visible" && e.clientWidth > 1
      && e.scrollWidth > e.clientWidth + 1) out.push("cut: " + e.textContent);
for (const ticks of document.querySelectorAll(".ticks")) {
  const boxes = [...ticks.querySelectorAll("text")].map((e) => e.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { if (met(a, b)) out.push("ticks"); }));
}
for (const e of all(".bar, .plot"))
  if (e.getBoundingClientRect().width < 120) out.push("narrow drawing");
out.push(...(document.documentElement.scrollWidth > innerWidth ? ["sideways"] : []));
return out;
"""


def of_many_cycles(page: str) -> str:
    """The page with every figure of its tables as long as those of the starter program."""
    return re.sub(r'(<td[^>]*class="n"[^>]*>)[\d,.]+<', r"\g<1>1,650,516<", page)


@pytest.mark.slow
@needed
@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_what_is_seen_at_four_sizes(page: str, tmp_path: Path, width: int) -> None:
    (tmp_path / "report.html").write_text(of_many_cycles(page.replace(HOSTILE, "kernel")))
    scheme = "dark" if width == 360 else "light"
    with browser(width, scheme) as driver:
        driver.get(f"file://{tmp_path}/report.html")
        assert driver.execute_script(VISIBLE) == []
        paper = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 120) is (scheme == "dark")
        assert driver.get_log("browser") == []
        if axe.SCRIPT.exists():
            assert axe.violations(driver) == []


PRINTED = """
const style = (e) => getComputedStyle(e);
const out = [];
for (const e of document.querySelectorAll("figure, .whole"))
  if (style(e).breakInside !== "avoid") out.push("cut: " + e.textContent.trim().slice(0, 40));
for (const e of document.querySelectorAll("nav, summary, button, select"))
  if (e.checkVisibility()) out.push("of no use on paper: " + e.textContent);
if (document.querySelector(".whole canvas") === null) out.push("the map may be cut");
return out;
"""


@pytest.mark.slow
@needed
def test_on_paper_no_figure_is_cut_and_nothing_waits_for_a_click(page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page.replace(HOSTILE, "kernel"))
    with browser() as driver:
        driver.get(f"file://{tmp_path}/report.html")
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert driver.execute_script(PRINTED) == []


# Millimetres: A4 with the margins of ``@page``, in which a browser breaks the text.
A4 = (210, 297)
MARGIN = 14
INCH, PIXEL = 25.4, 25.4 / 96
WASTE = 1.15  # a page ends above a figure that it has no room for


@pytest.mark.slow
@needed
def test_on_paper_the_pages_are_few_and_filled(shipped: bytes, tmp_path: Path) -> None:
    """As many pages as the text is long; the report of the shipped kernel took nine once."""
    (tmp_path / "report.html").write_bytes(shipped)
    wide, high = ((side - 2 * MARGIN) / PIXEL for side in A4)
    with browser(round(wide)) as driver:
        driver.get(f"file://{tmp_path}/report.html")
        paper = {"paperWidth": A4[0] / INCH, "paperHeight": A4[1] / INCH}
        printed = driver.execute_cdp_cmd("Page.printToPDF", paper | {"preferCSSPageSize": True})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        long = driver.execute_script("return document.documentElement.scrollHeight")
    pages = len(re.findall(rb"/Type /Page\b", base64.b64decode(printed["data"])))
    assert pages <= min(5, ceil(WASTE * long / high)), (pages, long / high)
