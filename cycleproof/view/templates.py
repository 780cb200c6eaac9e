"""Templates of pages: every text is escaped, and a name that is not given is an error."""

from ..base.errors import MissingDependency
from ..base.install import install_hint
from ..base.text import printable
from .assets import asset

try:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup
except ImportError:
    raise MissingDependency("HTML pages need Jinja2", install_hint("report")) from None

__all__ = ["Environment", "Markup", "environment_of"]


def environment_of(package: str) -> Environment:
    """Templates by their names in the folder ``page`` of a package."""
    return Environment(
        autoescape=True,
        loader=FunctionLoader(lambda name: asset(package, name)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else printable(str(value)),
    )
