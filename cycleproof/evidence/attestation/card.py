"""The score card: a signed statement of what was established about a kernel, without the kernel.

An in-toto statement (v1) with a predicate of our own. People are asked not to publish solutions; a
card shows cycles, what was proved and by which versions, and the program's digest. Whoever gets
the kernel later matches the two.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ...artifact.format import LoadedArtifact
from ..model import Evidence, Verdict
from ..wording import Word, headline

SCORE_CARD = "urn:x-cycleproof:score-card/v1"
OUTCOMES = (Word.PROVED, Word.TESTED, Word.OPEN)  # of evidence that nothing failed in
SHOWN = ("proof", "seeds", "directed", "bulk", "upstream")  # these speak only of outputs


def card_predicate(evidence: Evidence) -> dict[str, Any]:
    """What the card says: nothing in it tells how the kernel works."""
    artifact, proof = evidence.artifact, evidence.figures("proof")
    passed = [found for found in evidence.findings if found.verdict is Verdict.PASS]
    shown = [found for found in passed if found.check in SHOWN]
    return {
        "outcome": headline(evidence).word,
        "cycles": artifact["cycles"],
        "problem": artifact["shape"],
        "programSha256": artifact["program_sha256"],
        "established": {found.check: found.established for found in shown},
        "versions": dict(evidence.tool),
        "frozen": {"version": evidence.frozen["version"], "sha256": evidence.frozen["digest"]},
        "proof": {
            "checker": str(proof.get("checker", "")),
            "solvers": dict(proof.get("solvers", {})),
        },
    }


def card_complaints(
    predicate: Mapping[str, Any], artifact: LoadedArtifact, base_digest: str
) -> Iterator[tuple[Verdict, str]]:
    """Why a card is not this kernel's under this base; nothing if it is.

    It is held against the program, not against the file: another file of the same program, shape
    and claim is the same kernel.
    """
    decoded = artifact.decoded
    if predicate.get("programSha256") != decoded.program_sha256:
        yield Verdict.FAIL, "the card is about another kernel"
        return
    wanted = {"cycles": decoded.cycles, "problem": decoded.shape._asdict()}
    for key, value in wanted.items():
        if predicate.get(key) != value or type(predicate.get(key)) is not type(value):
            yield Verdict.FAIL, f"the card's {key} is {predicate.get(key)!a:.80}, not {value}"
    if predicate.get("outcome") not in OUTCOMES:
        yield Verdict.FAIL, f"its outcome is {predicate.get('outcome')!a:.40}"
    frozen = predicate.get("frozen")
    if not isinstance(frozen, dict) or frozen.get("sha256") != base_digest:
        yield Verdict.UNKNOWN, "it was made with another frozen base"
