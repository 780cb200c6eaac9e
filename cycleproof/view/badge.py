"""The badge of a score card: a small SVG that loads nothing and holds no kernel."""

from html import escape

from ..evidence.model import Evidence
from ..evidence.wording import Word, headline

_COLOURS = {Word.PROVED: "#1a7f37", Word.TESTED: "#0969da", Word.OPEN: "#9a6700"}
_CHARACTER = 7  # pixels, about, of the 11-pixel font; ``textLength`` makes it exact
_LABEL = "cycleproof"


def badge(evidence: Evidence) -> bytes:
    """The SVG: cycles and outcome to see; shape, program digest and versions as its description."""
    artifact = evidence.artifact
    word = headline(evidence).word
    text = f"{word} · {artifact['cycles']:,} cycles"
    described = escape(
        f"{evidence.shape}; program {artifact['program_sha256']};"
        f" frozen base {evidence.frozen['version']} {evidence.frozen['digest']};"
        f" cycleproof {evidence.tool['cycleproof']}"
    )
    left, right = (len(part) * _CHARACTER + 12 for part in (_LABEL, text))
    colour = _COLOURS[word]
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" \
aria-labelledby="t d">
<title id="t">{_LABEL}: {escape(text)}</title>
<desc id="d">{described}</desc>
<rect width="{left + right}" height="20" rx="3" fill="#444"/>
<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{right - 3}z" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left / 2:g}" y="14" textLength="{left - 12}">{_LABEL}</text>
<text x="{left + right / 2:g}" y="14" textLength="{right - 12}">{escape(text)}</text>
</g>
</svg>
""".encode()
