"""The evidence as a JUnit file: one test case per check, no times, the same bytes each time."""

from xml.etree import ElementTree

from ...base.text import printable
from ...evidence.model import Evidence, Finding, Verdict
from ...evidence.wording import CHECK_WORDS, Unjudged, headline


def junit(evidence: Evidence | Unjudged) -> bytes:
    """The XML document, named by the verdict.

    An unsettled check counts as an error, a check not run as skipped. Where an error kept evidence
    from being made, it is the one test case.
    """
    suite = _unjudged(evidence) if isinstance(evidence, Unjudged) else _suite(evidence)
    ElementTree.indent(suite)
    body: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _unjudged(said: Unjudged) -> ElementTree.Element:
    name = f"cycleproof: {said.line}"
    suite = ElementTree.Element("testsuite", name=name, tests="1", failures="0", errors="1")
    case = ElementTree.SubElement(suite, "testcase", classname="cycleproof", name="verify")
    ElementTree.SubElement(case, "error", message=said.line).text = said.hint
    return suite


def _suite(evidence: Evidence) -> ElementTree.Element:
    first = headline(evidence)
    verdicts = [finding.verdict for finding in evidence.findings]
    suite = ElementTree.Element(
        "testsuite",
        name=f"cycleproof: {first.line}",
        tests=str(len(verdicts)),
        failures=str(verdicts.count(Verdict.FAIL)),
        errors=str(verdicts.count(Verdict.UNKNOWN)),
        skipped=str(verdicts.count(Verdict.SKIPPED)),
    )
    properties = ElementTree.SubElement(suite, "properties")
    ElementTree.SubElement(properties, "property", name="verdict", value=first.word)
    for name in ("program_sha256", "file_sha256", "cycles"):
        value = str(evidence.artifact[name])
        ElementTree.SubElement(properties, "property", name=name, value=value)
    below = ",".join(map(str, evidence.thresholds_passed))
    ElementTree.SubElement(properties, "property", name="thresholds_passed", value=below)
    digest = str(evidence.frozen["digest"])
    ElementTree.SubElement(properties, "property", name="frozen_digest", value=digest)
    for finding in evidence.findings:
        _add_case(suite, finding)
    return suite


def _add_case(suite: ElementTree.Element, finding: Finding) -> None:
    name = finding.check
    case = ElementTree.SubElement(suite, "testcase", classname="cycleproof", name=name)
    message = printable(finding.established)
    tag = CHECK_WORDS[finding.verdict].junit
    if tag:
        ElementTree.SubElement(case, tag, message=message)
    lines = [message, *map(printable, finding.notes)]
    ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
