"""What evidence must hold before anyone packs it or signs it."""

from ..artifact.format import LoadedArtifact
from ..base.errors import Refused, Unreadable
from ..simulator.base import installed_pins, pins_digest
from .model import Evidence, Verdict

NEEDED = ("decode", "frozen", "seeds", "directed")


def require(artifact: LoadedArtifact, evidence: Evidence) -> None:
    """Evidence about exactly these bytes, by this base, with nothing failed and ``NEEDED`` passed.

    Of its seeds some were fresh: those of a replayed nonce do not count.

    A check beyond these may be open (unknown) or not run; every report shows it so. Raises
    ``Unreadable`` for evidence about something else and ``Refused`` for evidence that falls short.
    """
    if not evidence.is_about(artifact):
        raise Unreadable("the evidence is about another artifact", "make it anew: verify --json")
    version, pins = installed_pins()
    base = {"version": version, "digest": pins_digest(version, pins), "files": pins}
    if evidence.frozen != base:
        raise Unreadable("the evidence was made with another frozen base", "make it anew")
    failed = evidence.named(Verdict.FAIL)
    missing = [check for check in NEEDED if check not in evidence.named(Verdict.PASS)]
    if failed or missing:
        what = f"failed: {', '.join(failed)}" if failed else f"not passed: {', '.join(missing)}"
        raise Refused(f"the evidence does not carry a submission; {what}")
    (seeds,) = (finding.figures for finding in evidence.findings if finding.check == "seeds")
    if not seeds.get("fresh"):
        what = "its seeds were replayed by --nonce" if seeds.get("replayed") else "no fresh seeds"
        raise Refused(f"the evidence does not carry a submission; {what}", "verify without --nonce")


def repeated(believed: Evidence, own: Evidence) -> None:
    """Every check that ``believed`` names as passed has passed in this run, ``own``, too.

    A file is edited easily, so nobody signs what no run of theirs has shown. Raises ``Refused``.
    """
    passed = own.named(Verdict.PASS)
    missing = [check for check in believed.named(Verdict.PASS) if check not in passed]
    if missing:
        raise Refused(
            f"the evidence names as passed what was not repeated here: {', '.join(missing)}",
            "without --evidence, what passes here is signed",
        )
