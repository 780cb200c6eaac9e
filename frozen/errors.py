"""What the frozen base raises on bad input, and nothing else."""


class FrozenError(Exception):
    """Base of the two: the message says what is wrong and where."""


class Malformed(FrozenError):
    """The document or program is refused before it runs."""


class Fault(FrozenError):
    """The program did something undefined while running, or ran out of fuel."""


class OutOfFuel(Fault):
    """The program executed more bundles than it may."""


def where(bundle: int, engine: str = "", slot: int | None = None, operand: str = "") -> str:
    """``bundle 412, load slot 1, operand addr``: as far as it is known."""
    text = f"bundle {bundle}"
    if engine:
        text += f", {engine}" if slot is None else f", {engine} slot {slot}"
    return text + (f", operand {operand}" if operand else "")
