"""What ``import cycleproof`` offers. The functions raise only ``CycleproofError``.

Paths may be strings. An artifact is given as a path, or as ``load`` or ``build`` returned it. None
of these functions prints, reads settings from the environment or runs code of the artifact's
author, except that ``build`` runs a Python file in a sandbox.
"""

from collections.abc import Collection
from os import PathLike
from pathlib import Path

from frozen.artifact import MAX_BYTES
from frozen.errors import FrozenError
from frozen.problem import JUDGED, Shape

from .artifact.build import build as lay_out
from .artifact.build import read_dump, run_recipe
from .artifact.format import LoadedArtifact as Artifact
from .artifact.format import decode
from .audit.settle import check_limited
from .base.budget import BUDGET
from .base.errors import (
    CycleproofError,
    EnginesDisagree,
    FrozenAltered,
    GeneratorFailed,
    MissingDependency,
    NotReproducible,
    Refused,
    RunnerFailed,
    Unreadable,
)
from .base.files import read_regular
from .base.statement import CHOICES, Statement
from .base.statement import JUDGED as CONTRACT
from .bundle.read import load_any
from .checker import Result
from .checks import CHECKS, Subject, proof, seeds
from .checks import upstream as official
from .checks.verify import verify as run_checks
from .evidence.model import Evidence, Finding, Verdict
from .evidence.policy import BY_NAME, NONE, Requirements
from .proof import ProofResult, prove_limited
from .simulator.frozenbase import installed_folder, read_frozen

__all__ = [
    "JUDGED",
    "Artifact",
    "CycleproofError",
    "EnginesDisagree",
    "Evidence",
    "Finding",
    "FrozenAltered",
    "GeneratorFailed",
    "MissingDependency",
    "NotReproducible",
    "Refused",
    "Requirements",
    "RunnerFailed",
    "Shape",
    "Statement",
    "Unreadable",
    "Verdict",
    "build",
    "check_proof",
    "load",
    "prove",
    "verify",
]

AnyPath = str | PathLike[str]


def load(path: AnyPath) -> Artifact:
    """The artifact in a file: itself, or the one inside a submission bundle.

    ``.data`` are its bytes, ``.decoded`` its shape, cycles, generator and program. Raises
    ``Unreadable``.
    """
    return load_any(Path(path))


def build(
    path: AnyPath | None = None, *, recipe: str = "best", shape: Shape | None = None
) -> Artifact:
    """Make an artifact from a generator, a dump, or, without ``path``, from a ``recipe``.

    ``path`` is a perf_takehome.py or the folder that holds one, run in a sandbox and built twice,
    or an instruction dump (JSON). ``shape``: without it the dump's own, else the judged one.
    Nothing is written: write ``.data`` to keep the artifact. Raises ``Unreadable``,
    ``GeneratorFailed``, ``NotReproducible``.
    """
    source = Path("kernel.json") if path is None else Path(path)
    if path is None:
        dump, _ = run_recipe(recipe, shape or JUDGED)
    elif source.suffix == ".py" or source.is_dir():
        from .capture import capture

        dump = capture(source, shape or JUDGED).dump
    else:
        dump = read_dump(source, shape)
    data = lay_out(dump).data
    return Artifact(source, data, decode(data, str(source)))


def verify(
    artifact: AnyPath | Artifact,
    *,
    skip: Collection[str] = (),
    fresh_seeds: int = 8,
    budget: int = BUDGET,
    upstream: AnyPath | None = None,
    requirements: Requirements = NONE,
    statement: Statement = CONTRACT,
    audit: bool = False,
) -> Evidence:
    """Run the checks, except those named in ``skip``, against this installation's frozen base.

    ``fresh_seeds``: their number; the fixed ones run, too. ``budget``: seconds of the processor
    for the proof, and as many for its check. ``upstream``: a clone of the challenge's repository,
    whose own tests then run. ``requirements``: those that the evidence is to meet. ``statement``:
    what is to be proved. ``audit``: two solvers must agree on each step of the proof. Raises
    ``Unreadable`` for an artifact, a clone, a name or a statement that cannot be used,
    ``FrozenAltered``, ``RunnerFailed``, ``MissingDependency``, ``EnginesDisagree``.
    """
    for name in {*skip} - {check.name for check in CHECKS}:
        names = ", ".join(check.name for check in CHECKS)
        raise Unreadable(f"skip: no check is named {name!r:.80}", f"there are: {names}")
    for name in {*requirements.names} - set(BY_NAME):
        raise Unreadable(
            f"no requirement is named {name!r:.80}", f"there are: {', '.join(BY_NAME)}"
        )
    asked = (
        seeds.Options(fresh_seeds),
        proof.Options(*_known(statement), budget, audit),
        official.Options(None if upstream is None else Path(upstream)),
    )
    for each in asked:
        each.look(1)
    subject = Subject(_loaded(artifact), read_frozen(installed_folder()), asked)
    return run_checks(subject, skip, requirements=requirements)


def prove(
    artifact: AnyPath | Artifact,
    *,
    budget: int = BUDGET,
    statement: Statement = CONTRACT,
) -> ProofResult:
    """Prove the program right for all inputs of its shape, or refute it. Not a verdict yet.

    The prover is not trusted. Where ``.verdict`` is ``proved``, give ``.certificate`` to
    ``check_proof``. A refutation is a ``.counterexample`` that the frozen simulator confirmed;
    for ``unknown``, ``.stuck_on`` is the reason. ``budget``: seconds of the processor.
    ``statement``: where lanes start, and whether the header is known. Raises ``Unreadable`` for an
    artifact or a statement that cannot be used.
    """
    said = _known(statement)
    decoded = _loaded(artifact).decoded
    return prove_limited(decoded, statement=said, certificate=True, budget=budget)


def check_proof(
    artifact: AnyPath | Artifact,
    certificate: bytes | AnyPath,
    *,
    budget: int = BUDGET,
    statement: Statement = CONTRACT,
) -> Result:
    """The trusted checker's word on a certificate: its bytes, or the file that holds them.

    ``.verdict`` is ``accepted``, ``rejected`` or ``inconclusive``, and ``.reason`` names the first
    step that is not established. ``budget``: seconds of the processor. ``statement``: what is to be
    proved; a certificate of another one is rejected. Raises ``Unreadable``.
    """
    said, loaded = _known(statement), _loaded(artifact)
    try:
        data = (
            certificate
            if isinstance(certificate, bytes)
            else read_regular(Path(certificate), MAX_BYTES)
        )
        return check_limited(loaded.decoded, data, statement=said, budget=budget)
    except FrozenError as error:
        raise Unreadable(f"certificate: {error}") from None


def _known(statement: Statement) -> Statement:
    """The statement. Raises ``Unreadable`` if a part of it has no such value."""
    for (part, choices), said in zip(CHOICES.items(), statement, strict=True):
        if said not in choices:
            raise Unreadable(
                f"statement: {part} cannot be {said!r:.80}", f"it can be: {', '.join(choices)}"
            )
    return statement


def _loaded(artifact: AnyPath | Artifact) -> Artifact:
    return artifact if isinstance(artifact, Artifact) else load(artifact)
