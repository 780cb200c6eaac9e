"""``VERIFY.md``: one page for a reviewer, the simplest way first."""

import re
from collections.abc import Collection

from ..artifact.format import ARTIFACT_NAME, BUNDLE_NAME, LoadedArtifact
from ..challenge.facts import REPOSITORY
from ..challenge.loader import LOADER_NAME
from ..evidence.model import Evidence, Verdict
from ..evidence.wording import WORDS
from ..view.report.markdown import escaped
from .layout import CERTIFICATE_NAME, EXTRAS, MEMBERS

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # of a file, in a command


def page(
    artifact: LoadedArtifact,
    evidence: Evidence,
    extras: Collection[str],
    file: str = BUNDLE_NAME,
) -> str:
    """The page's text; the same arguments give the same text.

    ``extras``: the names of the bundle's members beside those that every bundle has. ``file``: the
    name of the bundle's own file; one that is not plain is left out.
    """
    file = file if _PLAIN.fullmatch(file) else BUNDLE_NAME
    decoded = artifact.decoded
    ran, left, open_ = (
        escaped(", ".join(evidence.named(verdict)) or "none")
        for verdict in (Verdict.PASS, Verdict.SKIPPED, Verdict.UNKNOWN)
    )
    words = "\n".join(f"| {word} | {row.code:d} | {row.means} |" for word, row in WORDS.items())
    rows = [(member.name, member.what) for member in MEMBERS]
    rows += [(name, EXTRAS.get(name, "added by the submitter")) for name in sorted(extras)]
    files = "\n".join(f"| `{name}` | {what} |" for name, what in rows)
    return f"""\
# Verify this submission

A kernel for the VLIW challenge as data: **{decoded.cycles:,} cycles** claimed at {decoded.shape}.
You need not trust whoever sent it, and you run none of their code: `kernel.json` holds
only instructions, and `perf_takehome.py` is the one known loader, which only reads that file.

## The simplest way

Unpack the file, copy two of its files into a fresh clone of the
[challenge's repository]({REPOSITORY}), and run the challenge's own tests, which print the cycles:

    cp {LOADER_NAME} {ARTIFACT_NAME} path-of-your-clone/
    cd path-of-your-clone && python3 tests/submission_tests.py

They try a few random inputs. For more than that, use a `cycleproof` of your own, on the file as you
received it (here `{file}`). It was made with version {escaped(evidence.tool["cycleproof"])}.

## Everything, in one command

    cycleproof verify {file}

It checks the bundle's form and every digest in it, and refuses anything that does not belong. Then
it runs all checks on your machine, with fresh inputs, and looks for a proof of its own. With
`--upstream path-of-your-clone` it also runs the challenge's untouched tests, in a clean copy.

## The proof

{_proof(CERTIFICATE_NAME in extras)}

## Without installing anything

In a checkout of cycleproof, judge the unpacked kernel with only the frozen simulator:

    python3 -I frozen/__main__.py {ARTIFACT_NAME}

Take the folder `frozen` from your own checkout, with no further file in it: the command refuses one
(exit code 3). Name `__main__.py`, not the folder: told to run a folder, Python imports parts of its
library from there before any check.

## How to read the answer

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


def _proof(with_certificate: bool) -> str:
    if with_certificate:
        return f"""\
`{CERTIFICATE_NAME}` is a proof that the kernel is right for all inputs, written down step by step.
A small checker follows it; it believes neither file, and shares only machine and problem with the
prover:

    cycleproof check-proof {ARTIFACT_NAME} {CERTIFICATE_NAME}

PROVED means: for every tree and all lane values, it stops after the claimed cycles with the
right outputs."""
    return f"""\
This bundle holds no proof. To look for one, and to have it checked:

    cycleproof prove {ARTIFACT_NAME} --certificate proof.json
    cycleproof check-proof {ARTIFACT_NAME} proof.json"""
