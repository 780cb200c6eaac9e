"""The flow of the whole: from what people bring to what they take away."""

from cycleproof.checks import CHECKS

from .svg import Sheet

WIDTH, LEFT, HIGH, GAP = 960, 20, 46, 34
ROWS = (
    ("three", (("a recipe", "of solution/"), ("a generator", "in the sandbox"),
               ("a dump", "of bundles"))),
    ("select", (("build", "the last step that runs an author's code"),)),
    ("seven", (("artifact: kernel.json", "one JSON file, only instructions"),)),
    ("select", (("verify", "each check answers for itself"),)),
    ("ten", (("program", ""), ("simulator", ""), ("proof", ""), ("inputs", ""), ("others", ""))),
    ("seven", (("evidence", "findings, each with what it established"),)),
    ("five", (("terminal", "JSON, JUnit"), ("report", "HTML, Markdown"), ("pack", "a zip file"),
              ("attest", "signed"), ("judge", "a board"))),
)  # fmt: skip
KINDS = {
    "program": ("decode", "lint", "shifts"),
    "simulator": ("frozen", "reproduce"),
    "proof": ("proof",),
    "inputs": ("seeds", "directed", "bulk"),
    "others": ("upstream", "attestation"),
}
"""Every check by what it looks at."""


def draw() -> str:
    """A row a stage, from the top down, an arrow between two rows."""
    sheet = Sheet(WIDTH, len(ROWS) * (HIGH + GAP) - GAP + 40, "From a kernel to its evidence")
    for number, (colour, boxes) in enumerate(ROWS):
        top = 20 + number * (HIGH + GAP)
        wide = (WIDTH - 2 * LEFT + 12) / len(boxes)
        for place, (name, about) in enumerate(boxes):
            x = LEFT + place * wide
            sheet.box(colour, x, top, 5, HIGH)
            sheet.box("empty", x + 5, top, wide - 17, HIGH)
            sheet.text(x + 15, top + 19, name)
            sheet.text(x + 15, top + 36, ", ".join(KINDS.get(name, ())) or about, "faint")
        if number:
            middle = WIDTH / 2
            sheet.box("faint", middle - 1, top - GAP + 6, 2, GAP - 16)
            arrow = [(middle - 5, top - 12), (middle + 5, top - 12), (middle, top - 4)]
            sheet.shape("faint", arrow)
    return sheet.svg()


def unplaced() -> set[str]:
    """Checks that the picture lacks."""
    return {check.name for check in CHECKS} ^ {name for names in KINDS.values() for name in names}
