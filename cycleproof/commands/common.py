"""What several commands share: the nonce option, and evidence, from a file or made now."""

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click

from frozen.errors import FrozenError

from ..artifact.build import list_recipes
from ..artifact.format import ARTIFACT_NAME, LoadedArtifact, name_instead
from ..base.errors import CycleproofError, ExitCode, Unreadable
from ..base.files import check_output, is_standard_output, is_stream, read_regular
from ..base.text import command_line, printable
from ..challenge.export import MAX_EXPORT, is_export
from ..checks import Subject
from ..evidence.model import Evidence, read_evidence
from ..evidence.policy import (
    BY_NAME,
    CONFIG,
    GATE,
    NONE,
    Requirements,
    configured,
    hold,
    read_requirements,
)
from ..evidence.wording import headline, unjudged
from ..simulator.frozenbase import folder_for, read_frozen
from ..simulator.seeds import NONCE_BYTES
from ..store.entries import Store, open_store
from .bars import verify_with_progress

DEFAULT_ARTIFACT = Path("artifacts/kernel.json")
MAX_EVIDENCE = 16 << 20
ANOTHER = "name another file with -o"


def _nonce(_context: click.Context, _option: click.Parameter, text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        nonce = b""
    if len(nonce) != NONCE_BYTES:
        raise click.BadParameter(f"expected {2 * NONCE_BYTES} hex digits")
    return nonce


def _there(_context: click.Context, _argument: click.Parameter, path: Path) -> Path:
    if path == DEFAULT_ARTIFACT and not path.exists():
        raise Unreadable(
            f"no artifact was named, and there is no {DEFAULT_ARTIFACT} in {Path.cwd()}",
            name_instead(Path())
            or "name one, or make one first: "
            + command_line("build", "perf_takehome.py", "-o", ARTIFACT_NAME),
        )
    return path


def complete_recipe(_context: click.Context, _option: click.Parameter, typed: str) -> list[str]:
    """The recipes that begin with ``typed``, for a shell's completion; none if they fail."""
    try:
        return [name for name in list_recipes() if name.startswith(typed)]
    except CycleproofError:
        return []


def tell(error: CycleproofError | FrozenError) -> ExitCode:
    """Print an error and its hint, where work goes on after it; the exit code that it asks for."""
    said = unjudged(error)
    click.echo(said.line, err=True)
    if said.hint:
        click.echo(f"  {said.hint}", err=True)
    return said.code


class OutputFile(click.Path):
    """A file to write; what cannot be written is refused before the work, not after it."""

    def __init__(self, told: bool = True) -> None:
        super().__init__(path_type=Path)
        self.told = told  # whether it is said here that there is such a file

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path. Raises ``Unreadable``."""
        path = Path(str(super().convert(value, param, ctx)))
        check_output(path)
        if not is_stream(path) and path.exists():
            if path.suffix == ".py" and not is_export(read_regular(path.resolve(), MAX_EXPORT)):
                raise Unreadable(f"{path}: is Python that `export` did not write", ANOTHER)
            if self.told:
                _tell_replaced(path)
        return path


def _tell_replaced(path: Path) -> None:
    click.echo(f"{printable(str(path))} is there already and is replaced", err=True)


def _output(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``-o FILE``. Raises ``Unreadable`` where the command would write over what it reads."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def together(output: Path | None, **others: Any) -> Any:
            if output is not None and output.exists() and not is_stream(output):
                for path in _paths(others.values()):
                    if path.exists() and path.samefile(output):
                        raise Unreadable(f"{output}: is read by this command", ANOTHER)
                _tell_replaced(output)
            return function(output=output, **others)

        kind, words = OutputFile(told=False), "The file to write."
        return click.option("-o", "--output", type=kind, required=required, help=words)(together)

    return decorate


def _paths(values: Iterable[Any]) -> list[Path]:
    """The paths among what a command was given, those of lists too."""
    listed = [value if isinstance(value, tuple) else (value,) for value in values]
    return [each for some in listed for each in some if isinstance(each, Path)]


output_option, optional_output_option = _output(required=True), _output(required=False)


def all_of(
    options: Sequence[Callable[[Callable[..., Any]], Callable[..., Any]]],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Several options of click as one decorator, in their order."""

    def together(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return together


artifact_argument = click.argument(
    "artifact",
    type=click.Path(path_type=Path),
    default=DEFAULT_ARTIFACT,
    callback=_there,
)


named_artifact_argument = click.argument("artifact", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Show what only a specialist asks for, too."
)
private_key_option = click.option(
    "--key", type=click.Path(path_type=Path), required=True, help="Your private key."
)


def _all_there(
    context: click.Context, argument: click.Parameter, paths: tuple[Path, ...]
) -> tuple[Path, ...]:
    return tuple(_there(context, argument, path) for path in paths or (DEFAULT_ARTIFACT,))


artifacts_argument = click.argument(
    "artifacts",
    type=click.Path(path_type=Path),
    nargs=-1,
    callback=_all_there,
    metavar="[ARTIFACT]...",
)

nonce_option = click.option(
    "--nonce", callback=_nonce, help="Replay the seeds of this nonce (hex); they are not fresh."
)


def seeds_of(nonce: bytes | None) -> dict[str, Any]:
    """What a subject says of its seeds: those of a given nonce are replayed, others fresh."""
    return {} if nonce is None else {"nonce": nonce, "replayed": True}


def say(text: str, output: Path | None) -> None:
    """Print a line about ``output``: on stderr where standard output holds the product itself."""
    click.echo(text, err=output is not None and is_standard_output(output))


def evidence_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--evidence``, for commands that need evidence and make it themselves without a file."""
    return click.option(
        "--evidence",
        "evidence_file",
        type=click.Path(path_type=Path),
        help="What `verify --json` wrote.  [default: verify now]",
    )(function)


def requirements_options(gate: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options on requirements; the command gets them together as ``requirements``.

    Those of the working folder's ``pyproject.toml`` are among them, and said on stderr.

    A ``gate`` demands the judged shape beside them, unless ``--any-shape`` is given. The command
    raises ``Unreadable`` for a file of requirements that cannot be used.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def together(
            require: tuple[str, ...],
            max_cycles: int | None,
            requirements_file: Path | None,
            any_shape: bool = not gate,
            **others: Any,
        ) -> Any:
            asked = configured()
            if asked:
                click.echo(f"{CONFIG} demands: {asked}", err=True)
            asked = asked.joined(Requirements(require, max_cycles))
            if requirements_file is not None:
                asked = asked.joined(read_requirements(requirements_file))
            if not any_shape:
                asked = GATE.joined(asked)
            return function(requirements=asked, **others)

        options = [
            click.option(
                "--require",
                multiple=True,
                type=click.Choice(list(BY_NAME)),
                help="Demand this of the evidence; may be repeated.",
            ),
            click.option("--max-cycles", type=click.IntRange(1), help="Demand at most so many."),
            click.option(
                "--requirements",
                "requirements_file",
                type=click.Path(path_type=Path),
                help="A TOML file: require = [NAME, …], max-cycles = N.",
            ),
        ]
        if gate:
            words = "Do not demand the judged shape, which is the default here."
            options.append(click.option("--any-shape", is_flag=True, help=words))
        return all_of(options)(together)

    return decorate


class Kept(NamedTuple):
    """The store that a command uses, and whether to run the checks all the same."""

    store: Store | None
    again: bool = False


def store_options(again: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--store`` and, for commands that use what is stored, ``--again``; together as ``kept``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def together(store_folder: Path | None, again: bool = False, **others: Any) -> Any:
            return function(kept=Kept(open_store(store_folder), again), **others)

        if again:
            words = "Run the checks anew, whatever an earlier `verify` found."
            click.option("--again", is_flag=True, help=words)(together)
        return click.option(
            "--store",
            "store_folder",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help="Where evidence is kept.  [your cache folder]",
        )(together)

    return decorate


def evidence_for(
    artifact: LoadedArtifact,
    evidence_file: Path | None,
    kept: Kept,
    nonce: bytes | None = None,
    requirements: Requirements = NONE,
) -> Evidence:
    """Evidence about ``artifact``: from a file, from the store, or made now by all checks.

    With ``nonce`` its seeds are replayed, so it is made now and not kept. ``requirements`` are
    held against each of them. Raises ``Unreadable`` for a file that is no evidence about
    ``artifact``, and ``FrozenAltered``.
    """
    if evidence_file is not None:
        return hold(read_evidence_about(artifact, evidence_file), requirements)
    if nonce is None and kept.store and not kept.again:
        found = kept.store.find(artifact)
        if found is not None:
            click.echo("the evidence is that of an earlier verify; --again runs it anew", err=True)
            return hold(found, requirements)
    subject = Subject(artifact, read_frozen(folder_for(artifact.path)), **seeds_of(nonce))
    return verify_and_keep(subject, kept.store, requirements=requirements)


def last_word(artifact: LoadedArtifact, kept: Kept) -> str:
    """What the store keeps of a `verify` of this program, in one line."""
    evidence = kept.store.find(artifact) if kept.store else None
    if evidence is None:
        return "not verified here yet: " + command_line("verify", artifact.path)
    return f"your verify found: {headline(evidence).line}"


def verify_and_keep(
    subject: Subject,
    store: Store | None,
    skip: Mapping[str, str] | Collection[str] = (),
    requirements: Requirements = NONE,
) -> Evidence:
    """Run the checks; keep what a whole run found, as it is without the requirements.

    Whole is a run of all checks on fixed and fresh seeds. A replayed nonce, a single input and a
    named attestation make it one for that purpose only.
    """
    evidence = verify_with_progress(subject, skip)
    special = subject.replayed or any(asked.special for asked in subject.options)
    if store and not (skip or special):
        store.keep(subject.artifact, evidence)
    return hold(evidence, requirements)


def read_evidence_about(artifact: LoadedArtifact, evidence_file: Path) -> Evidence:
    """The evidence in a file. Raises ``Unreadable`` where it is about another artifact."""
    evidence = read_evidence(read_regular(evidence_file, MAX_EVIDENCE), str(evidence_file))
    if not evidence.is_about(artifact):
        again = command_line("verify", artifact.path, "--json")
        raise Unreadable(
            f"{evidence_file}: is about another artifact than {artifact.path}",
            f"{again} > {shlex.quote(str(evidence_file))}",
        )
    return evidence
