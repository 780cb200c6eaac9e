"""The report as one HTML file: opens offline, loads nothing, the same bytes for the same input.

Every text goes through Jinja2's autoescape; the page's policy allows only its own script, by
hash. What comes from a stranger's file (names, generator) is data to that script, never markup.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from frozen.ops import ENGINES, OPS, SLOT_LIMITS
from frozen.problem import JUDGED

from ...analysis.summary import Analysis
from ...artifact.names import Names
from ...base.text import listed, plural
from ...evidence.leftovers import left_behind
from ...evidence.model import Evidence, Verdict
from ...evidence.wording import WORDS, Word, headline, meaning, spelled
from ..assets import asset, style
from ..glossary import GLOSSARY
from ..history import Rung
from ..templates import Markup, environment_of
from .charts import (
    HIGH,
    WIDE,
    bounds_chart,
    history_chart,
    rounds_chart,
    scratch_chart,
    standing_chart,
    utilisation_chart,
)
from .figures import explanation, palette
from .rows import engine_rows, load_rows, round_rows

_PACKAGE = "cycleproof.view.report"


def _embedded(value: Any) -> Markup:
    """JSON for a script element: no character in it can end the element."""
    text = json.dumps(value, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _schedule(analysis: Analysis, names: Names | None) -> dict[str, Any]:
    """The data of the heat map: see ``page/heatmap.js``."""
    execution, provenance = analysis.execution, analysis.provenance
    straight = list(execution.order) == list(range(len(analysis.artifact.program)))
    return {
        "engines": [[engine, SLOT_LIMITS[engine]] for engine in ENGINES],
        "program": analysis.artifact.program,
        "order": None if straight else list(execution.order),
        "round": list(provenance.rounds),
        "lane": list(provenance.lanes),
        "rounds": analysis.artifact.shape.rounds,
        "palette": palette(analysis.artifact.shape.rounds),
        "path": analysis.critical_path.chain,
        "names": names,
        "ops": {
            f"{engine} {name}": {
                "meaning": op.meaning or name,
                "operands": [[operand.name, operand.width] for operand in op.operands],
                "displaced": op.displaced,
            }
            for (engine, name), op in OPS.items()
        },
    }


def _common(analysis: Analysis, names: Names | None, title: str) -> dict[str, Any]:
    script = asset(_PACKAGE, "heatmap.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "title": title,
        "cycles": f"{analysis.cycles:,}",
        "limits": ", ".join(f"{engine} {SLOT_LIMITS[engine]}" for engine in ENGINES),
        "explanation": explanation(analysis),
        "style": Markup(style(_PACKAGE, "page.css")),
        "script": Markup(script),
        "policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
        "data": _embedded(_schedule(analysis, names)),
    }


def schedule_page(analysis: Analysis, names: Names | None, title: str) -> bytes:
    """Only the heat map, as ``trace --serve`` shows it where the Perfetto UI is out of reach."""
    template = environment_of(_PACKAGE).get_template("schedule.html.j2")
    return template.render(_common(analysis, names, title)).encode()


def _contents(cycles: int) -> list[tuple[str, str]]:
    """The sections of a whole report: their ids and headings."""
    return [
        ("said", "In the author's words"),
        ("established", "What was established"),
        ("why", f"Why it takes {plural(cycles, 'cycle')}"),
        ("map-title", "The schedule"),
        ("standing", "Beside published counts"),
        ("time", "Over time"),
        ("work", "What the slots do"),
        ("again", "Check it yourself"),
        ("glossary", "The words"),
    ]


def report_page(
    analysis: Analysis,
    evidence: Evidence,
    names: Names | None,
    history: Sequence[Rung],
    title: str,
    date: str = "",
    said: str = "",
) -> bytes:
    """The whole report. ``title`` is what readers know the artifact by.

    ``date`` and ``said``, the author's own words, are shown as they are given.
    """
    shape = analysis.artifact.shape
    first = headline(evidence)
    right = evidence.outputs_right
    nonce = next((f.figures.get("nonce") for f in evidence.findings if f.check == "seeds"), "")
    said_so = (each.established for each in evidence.findings if each.check == "proof")
    proved = next(said_so, "") if first.word is Word.PROVED else ""
    mine = analysis.artifact.program_sha256
    context = _common(analysis, names, title) | {
        "analysis": analysis,
        "evidence": evidence,
        "headline": first.line,
        "tone": str(WORDS[first.word].tone),
        "means": meaning(evidence),
        "proved": proved[:1].upper() + proved[1:],
        "skipped": listed(evidence.named(Verdict.SKIPPED)),
        "date": date,
        "said": said,
        "glossary": [row for row in GLOSSARY if row.in_report],
        "plot_width": WIDE,
        "plot_height": HIGH,
        "left_behind": left_behind(evidence.final_indices, evidence.forest),
        "shape": spelled(shape),
        "right": right,
        "failed": evidence.named(Verdict.FAIL),
        "nonce": nonce,
        "engines": engine_rows(analysis),
        "loads": load_rows(analysis),
        "rounds": round_rows(analysis),
        "bounds": bounds_chart(analysis),
        "standing": standing_chart(analysis.cycles) if right and shape == JUDGED else None,
        "history": history_chart(history, mine) if history and shape == JUDGED else None,
        "charts": [utilisation_chart(analysis), rounds_chart(analysis), scratch_chart(analysis)],
    }
    absent = {name for name in ("said", "standing") if not context[name]}
    context["contents"] = [row for row in _contents(analysis.cycles) if row[0] not in absent]
    return environment_of(_PACKAGE).get_template("report.html.j2").render(context).encode()
