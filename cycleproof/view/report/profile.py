"""A profile of the pipeline as tables in the terminal."""

from rich.console import Console

from ..profiling import Profile
from .tables import table


def print_profile(profile: Profile, console: Console) -> None:
    """Print the parts of the pipeline and of one simulator call with their shares."""
    titles = ("The pipeline, once", "One simulator call (inside frozen, seeds and directed)")
    for title, stages in zip(titles, profile, strict=True):
        wall = sum(stage.cost.wall for stage in stages)
        cpu = sum(stage.cost.cpu for stage in stages)
        rows = [
            (
                stage.name,
                f"{stage.cost.wall:.3f}",
                f"{stage.cost.cpu:.3f}",
                f"{stage.cost.cpu / cpu:.1%}",
                stage.what,
            )
            for stage in stages
        ]
        rows.append(("all", f"{wall:.3f}", f"{cpu:.3f}", "", ""))
        columns = ("part", "seconds", "processor", "share", "what it does.")
        console.print(table(title, columns, rows))
