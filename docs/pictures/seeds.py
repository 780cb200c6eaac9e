"""Seeds beside a proof: points among the inputs, and all of them."""

from .svg import Sheet

SIDE, LEFT, TOP, CELL = 216, 20, 20, 12
RUN = (
    (2, 3),
    (12, 1),
    (15, 9),
    (6, 6),
    (10, 14),
    (3, 12),
    (13, 5),
    (8, 10),
)  # inputs that were run
WRONG = (7, 8)  # the one that none of them is
BESIDE = LEFT + SIDE + 60


def draw() -> str:
    """Two squares of the same inputs: eight of them tested, or all proved."""
    sheet = Sheet(BESIDE + SIDE + 20, TOP + SIDE + 62, "Seeds try some inputs, a proof covers all")
    sheet.box("empty", LEFT, TOP, SIDE, SIDE)
    sheet.box("five", BESIDE, TOP, SIDE, SIDE)
    for x, y in RUN:
        sheet.box("three", LEFT + CELL * x, TOP + CELL * y, CELL, CELL)
    sheet.box("nine", LEFT + CELL * WRONG[0], TOP + CELL * WRONG[1], CELL, CELL)
    for x, lines in (
        (LEFT, ("TESTED: right where it was run.", "A wrong input (red) lies between.")),
        (BESIDE, ("PROVED: right on each of them,", "so there is no wrong one.")),
    ):
        for number, line in enumerate(lines):
            sheet.text(x, TOP + SIDE + 24 + 18 * number, line)
    return sheet.svg()
