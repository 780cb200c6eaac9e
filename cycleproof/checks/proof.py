"""The check ``proof``: right for all inputs of the shape, by translation validation."""

from ..evidence import Finding, Verdict
from ..proof import ProofResult, ProofVerdict, prove
from . import Subject


def run(subject: Subject) -> Finding:
    """Pass if proved; fail on a confirmed counterexample in the judged domain; else unknown.

    A counterexample with words of 2**30 or more refutes the statement for all 32-bit words, but
    not the contract, so the check then says that nothing is settled below 2**30.
    """
    result = prove(subject.artifact.decoded)
    # The same evidence is the same bytes, so how long it took stays out of it.
    figures = {name: value for name, value in result.figures.items() if name != "seconds"}
    figures |= {"indices": result.indices, "forest": result.forest}
    notes = [f"final indices: {result.indices}; forest: {result.forest}", *result.notes]
    again = f"cycleproof prove {subject.artifact.path}"
    if result.verdict is ProofVerdict.PROVED:
        return Finding("proof", Verdict.PASS, result.statement, figures, notes)
    if result.verdict is ProofVerdict.REFUTED and _judged(result):
        return Finding("proof", Verdict.FAIL, result.statement, figures, notes, again)
    if result.verdict is ProofVerdict.REFUTED:
        text = f"{result.statement}; nothing established below 2**30"
        return Finding("proof", Verdict.UNKNOWN, text, figures, notes, again)
    text = f"{result.statement}; stuck on: {result.stuck_on}"
    return Finding("proof", Verdict.UNKNOWN, text, figures, notes, again)


def _judged(result: ProofResult) -> bool:
    return result.counterexample is not None and result.counterexample.judged
