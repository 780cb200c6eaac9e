"""Templates of pages: every text is escaped, and a name that is not given is an error."""

from functools import partial

from ..base.errors import MissingDependency
from ..base.install import install_hint
from ..base.text import printable
from ..evidence.wording import CHECK_WORDS
from .assets import SHARED, asset

try:
    from jinja2 import ChoiceLoader, Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup
except ImportError:
    raise MissingDependency("HTML pages need Jinja2", install_hint("report")) from None

__all__ = ["Environment", "Markup", "environment_of"]


def environment_of(package: str) -> Environment:
    """Templates by their names in the folder ``page`` of a package, or in that of all views."""
    folders = (package, SHARED)
    made = Environment(
        autoescape=True,
        loader=ChoiceLoader([FunctionLoader(partial(_template, each)) for each in folders]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else printable(str(value)),
    )
    made.globals["check_words"] = CHECK_WORDS
    return made


def _template(package: str, name: str) -> str | None:
    try:
        return asset(package, name)
    except FileNotFoundError:
        return None
