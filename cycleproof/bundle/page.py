"""``VERIFY.md``: one page for a reviewer, with the three commands."""

from ..artifact.format import LoadedArtifact
from ..evidence.model import Evidence, Verdict
from ..evidence.words import WORDS
from ..view.report.markdown import escaped
from .layout import MEMBERS


def page(artifact: LoadedArtifact, evidence: Evidence) -> str:
    """The page's text; the same artifact and evidence give the same text."""
    decoded = artifact.decoded
    ran, left, open_ = (
        escaped(", ".join(evidence.named(verdict)) or "none")
        for verdict in (Verdict.PASS, Verdict.SKIPPED, Verdict.UNKNOWN)
    )
    words = "\n".join(f"| {word} | {row.code:d} | {row.means} |" for word, row in WORDS.items())
    files = "\n".join(f"| `{member.name}` | {member.what} |" for member in MEMBERS)
    return f"""\
# Verify this submission

A kernel for the VLIW challenge as data: **{decoded.cycles:,} cycles** claimed at {decoded.shape}.
You need not trust whoever sent it, and you run none of their code: `kernel.json` holds
only instructions, and `perf_takehome.py` is the one known loader, which only reads that file.

Three commands, with a `cycleproof` of your own (`bundle.zip` is the file that you received):

1. Check the bundle's form and every digest in it (anything that does not belong is refused), and
   run all checks again on your machine, with fresh inputs:

       cycleproof verify bundle.zip

2. Run the challenge's own untouched tests on it, in a clean copy of your clone of its repository:

       cycleproof verify bundle.zip --upstream path-of-your-clone

3. Without installing anything: in a checkout of cycleproof, judge the unpacked kernel with the
   frozen simulator alone:

       python3 -I frozen/__main__.py kernel.json

   Take the folder `frozen` from your own checkout, with no further file in it: the command
   refuses one (exit code 3). Name `__main__.py`, not the folder: told to run a folder, Python
   imports parts of its library from there before any check.

The first line is the verdict, and the exit code says it to scripts. `docs/verdicts.md` in a
checkout of cycleproof says what you may conclude from each.

| first word | exit code | in short |
|---|---|---|
{words}

## What the submitter's own run says

Not to be believed, only to be compared with yours; see `evidence/report.md`.

- passed: {ran}
- left open: {open_}
- not run: {left}
- SHA-256 of `kernel.json`: `{artifact.file_sha256}`
- SHA-256 of the program (RFC 8785): `{decoded.program_sha256}`
- frozen base {escaped(evidence.frozen["version"])}: `{escaped(evidence.frozen["digest"])}`

## Files

| file | what it is |
|---|---|
{files}

Unpacked, `sha256sum -c SHA256SUMS` holds them against each other.

The challenge's authors ask that solutions not be published: hand this file to whom it is for.
"""
