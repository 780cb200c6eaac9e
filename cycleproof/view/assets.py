"""The files of the pages; what all pages share is in the folder ``page`` of this package."""

from importlib import resources

SHARED = "cycleproof.view"


def asset(package: str, name: str) -> str:
    """A file of the folder ``page`` in a package."""
    return resources.files(package).joinpath("page", name).read_text("utf-8")


def style(package: str, name: str) -> str:
    """The style of a page: what all pages share, then the page's own file ``name``."""
    return asset(SHARED, "base.css") + asset(package, name)
