"""axe-core on a page in the browser; ``npm install --no-save axe-core`` brings it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

needed = pytest.mark.skipif(not SCRIPT.exists(), reason="npm install --no-save axe-core")


def violations(driver: "Chrome") -> list[tuple[str, str]]:
    """What axe finds on the page that is open, by rule and place."""
    driver.execute_script(SCRIPT.read_text("utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run().then((r) => done(r.violations))"
    )
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
