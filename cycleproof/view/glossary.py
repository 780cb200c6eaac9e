"""The words of reports and documentation, each explained once."""

from typing import NamedTuple

from frozen.ops import SCRATCH_SIZE


class Gloss(NamedTuple):
    """A word and what it means. ``page``: a page of the documentation that says more, or ``""``."""

    word: str
    means: str
    page: str = ""
    in_report: bool = False


GLOSSARY = (
    Gloss("kernel", "a program for the challenge's problem"),
    Gloss("generator", "a program that makes a kernel, such as a perf_takehome.py"),
    Gloss("recipe", "a named choice of a compiler of this project and of its options"),
    Gloss("dump", "a kernel as a generator prints it: JSON, not yet an artifact", "quickstart.md"),
    Gloss(
        "artifact",
        "a program as one JSON file, with the problem's shape and the claimed cycles",
        "artifact-format.md",
        True,
    ),
    Gloss(
        "bundle",
        "the slots that the machine executes in one cycle; a *submission bundle* is a zip file",
        "submission-bundle.md",
        True,
    ),
    Gloss(
        "submission",
        "a file or folder that an author hands in: an artifact, a dump, a submission bundle or a"
        " generator",
        "judging.md",
    ),
    Gloss("slot", "one op and its operands within a bundle", in_report=True),
    Gloss(
        "engine",
        "the part of the machine that executes a slot: alu, valu, load, store or flow; the *second"
        " engine* is a program that runs many seeds",
        "engine.md",
        True,
    ),
    Gloss("word", "32 bits without a sign, in scratch or in memory", in_report=True),
    Gloss(
        "reference",
        "the challenge's own slow program; what it computes is right by definition",
        "spec.md",
        True,
    ),
    Gloss(
        "lint", "the check that counts slots and names oddities, and runs nothing", in_report=True
    ),
    Gloss("scratch", f"the {SCRATCH_SIZE:,} words that ops read and write", in_report=True),
    Gloss(
        "lane",
        "one of the B walks through the tree; also one of the 8 words of a vector, since a vector"
        " holds 8 lanes",
        in_report=True,
    ),
    Gloss("forest", "the tree of words in memory that the lanes walk through", in_report=True),
    Gloss(
        "final indices",
        "where in the tree each lane ends; the challenge does not compare them",
        "verdicts.md",
        True,
    ),
    Gloss("idle lane", "a word of a vector that belongs to no lane, where the batch is below 8"),
    Gloss("group", "8 lanes that the compiler keeps in one vector"),
    Gloss(
        "shape",
        "height, rounds and batch size of the problem; the challenge judges H=10 R=16 B=256",
        in_report=True,
    ),
    Gloss(
        "round, level",
        "a lane takes one step down the tree in a round; the level is how deep the lane is",
        in_report=True,
    ),
    Gloss(
        "seed",
        "a number that the tree and the lanes are drawn from; a *fresh* one is drawn after the"
        " artifact was fixed, bound to its digest by a *nonce*",
        in_report=True,
    ),
    Gloss(
        "nonce",
        "random bytes, drawn after the artifact was fixed, that fresh seeds are made from",
        in_report=True,
    ),
    Gloss(
        "directed input",
        "an input built to break a kernel, such as one that leads some lane to each leaf",
        in_report=True,
    ),
    Gloss(
        "term",
        "an expression over input words that the prover keeps; equal structure is one object;"
        " the *terms* of a board are what it asks of every submission",
    ),
    Gloss("ground term", "a term built of tree words and constants by sums and exclusive ors"),
    Gloss("case term", "a table of ground terms, one for each assignment of some bits"),
    Gloss(
        "window",
        "the piece of program and reference between two edges that the fallback gives to a solver;"
        " in the compiler: the 8 words that one `vload` brings",
    ),
    Gloss(
        "certificate",
        "a proof, written down for the checker: what each written word is, in words of the"
        " reference",
        "certificate-format.md",
        True,
    ),
    Gloss(
        "claim",
        "in an artifact: the cycles; in a certificate: what a written word is",
    ),
    Gloss(
        "obligation",
        "an equation that the checker must close before it accepts",
        in_report=True,
    ),
    Gloss("digest", "a SHA-256: two files with the same one are the same file", in_report=True),
    Gloss(
        "frozen base",
        "the small simulator that judges; its digest is compared with the pinned one before it"
        " runs",
        "spec.md",
        True,
    ),
    Gloss(
        "pin",
        "a SHA-256 that fixes a file: of the frozen base, or of the challenge's repository",
        in_report=True,
    ),
    Gloss(
        "record",
        "in the compiler: the words of a node and of both its children, side by side; among"
        " results: a count that others published",
    ),
    Gloss(
        "rung",
        "one step of the ladder of kernels: a recipe, or a verified kernel in the timeline",
        in_report=True,
    ),
    Gloss("way", "in the compiler: how the nodes of a level reach the lanes, such as by loads"),
    Gloss("evidence", "all findings about one artifact, with what they were held against"),
    Gloss("finding", "one check's answer: pass, fail, open or not run"),
    Gloss(
        "verdict",
        "the word that an answer begins with: one of six for an artifact, a proof or a"
        " certificate; one of four for a check",
        "verdicts.md",
    ),
    Gloss(
        "statement",
        "the inputs that a proof speaks of; among signatures: an in-toto document",
    ),
    Gloss("attestation", "a signed statement that names an artifact by its digest"),
)
