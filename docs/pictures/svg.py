"""A sheet to draw on: flat shapes by class, so that light and dark share one file."""

from collections.abc import Mapping, Sequence
from html import escape

SERVED = {"select": "levels 0 to 2, selected", "three": "(3,4)", "five": "(5,6)",
          "seven": "(7,8)", "nine": "9", "ten": "10"}  # fmt: skip
"""Colour class -> the levels that it stands for in every drawing."""

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff", "ink": "#1f2328", "faint": "#59636e", "empty": "#e4e7eb",
    "select": "#8c96a3", "three": "#2f74c8", "five": "#178a62", "seven": "#c07a00",
    "nine": "#c43d6f", "ten": "#7050c8",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "paper": "#0d1117", "ink": "#e6edf3", "faint": "#9198a1", "empty": "#2a313a",
    "select": "#7d8794", "three": "#5b9bea", "five": "#3bb98a", "seven": "#e0a03a",
    "nine": "#ea6f9b", "ten": "#a48cf0",
}  # fmt: skip
FONT = "font-family: ui-monospace, Menlo, Consolas, monospace"


def _style(colours: Mapping[str, str]) -> str:
    return " ".join(f".{name} {{ fill: {colour} }}" for name, colour in colours.items())


class Sheet:
    """Shapes in pixels, from the top left corner; ``what`` says the drawing to a screen reader."""

    def __init__(self, width: int, height: int, what: str) -> None:
        self._rows = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-label="{escape(what)}">',
            f"<style>text {{ {FONT}; font-size: 12px }} .small {{ font-size: 10px }}"
            f" .ring {{ fill: none; stroke: {LIGHT['ink']}; stroke-width: 1.5 }}"
            " .on { fill: #ffffff }",
            _style(LIGHT),
            f"@media (prefers-color-scheme: dark) {{ {_style(DARK)} .on {{ fill: #0d1117 }}"
            f" .ring {{ stroke: {DARK['ink']} }} }}</style>",
            f'<rect class="paper" width="{width}" height="{height}"/>',
        ]
        self._cells: dict[str, list[str]] = {}

    def box(self, colour: str, x: float, y: float, width: float, height: float) -> None:
        """A filled box. Boxes lie under all text and rings."""
        path = f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"
        self._cells.setdefault(colour, []).append(path)

    def shape(self, colour: str, corners: Sequence[tuple[float, float]]) -> None:
        """A filled polygon, among the boxes."""
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        self._cells.setdefault(colour, []).append(f"M{path}z")

    def ring(self, x: float, y: float, width: float, height: float) -> None:
        """An outline."""
        self._rows.append(
            f'<rect class="ring" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2"/>'
        )

    def text(
        self, x: float, y: float, text: str, colour: str = "ink", anchor: str = "start"
    ) -> None:
        """Text that ends, begins or is centred at ``x``, its base line at ``y``."""
        self._rows.append(
            f'<text class="{colour}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def legend(self, x: float, y: float, entries: Mapping[str, str]) -> None:
        """A line of colours and what they stand for."""
        for colour, words in entries.items():
            self.box(colour, x, y - 10, 12, 12)
            self.text(x + 17, y, words, "faint")
            x += 17 + 7.3 * len(words) + 18

    def svg(self) -> str:
        """The file's text."""
        head, shapes = self._rows[:5], self._rows[5:]
        order = sorted(self._cells, key=lambda name: name != "empty")  # empty slots lie below
        cells = [f'<path class="{name}" d="{"".join(self._cells[name])}"/>' for name in order]
        return "\n".join([*head, *cells, *shapes, "</svg>"]) + "\n"
