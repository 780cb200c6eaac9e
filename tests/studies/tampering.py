"""The checker's mutation study: tampered certificates and artifacts, none of which may pass.

``python -m tests.studies.tampering`` prints the table; ``--write`` puts it into docs/studies.md. A
tampering counts only if it makes a statement false, and that is settled apart from the checker:
the frozen simulator runs the program, and an evaluator of its own reads every claim on the same
inputs. What stays true (an expression nobody uses, operands of a sum exchanged) is drawn again.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from functools import cache

from cycleproof.artifact.build import build, run_recipe
from cycleproof.checker import ACCEPTED, check
from cycleproof.proof import prove
from docs.page import publish
from frozen.artifact import Artifact, parse
from frozen.errors import FrozenError
from frozen.problem import Shape
from frozen.program import check_program, program_digest
from tests.support.tamperings import ARTIFACTS, CERTIFICATES, Way
from tests.support.worlds import is_true

SUBJECTS = [
    ("vector", Shape(3, 5, 8)),
    ("vector", Shape(2, 6, 16)),
    ("packed", Shape(2, 4, 4)),
    ("baseline", Shape(1, 3, 2)),
    ("selected", Shape(2, 5, 3)),  # with idle lanes
]


@cache
def honest(recipe: str, shape: Shape) -> tuple[Artifact, bytes]:
    """A recipe's artifact and the prover's certificate for it."""
    artifact = parse(build(run_recipe(recipe, shape)[0]).data)
    certificate = prove(artifact, certificate=True).certificate
    if certificate is None:
        raise SystemExit(f"error: no certificate for {recipe} at {shape}")
    return artifact, certificate


def tampered(draw: random.Random, way: Way, of_artifact: bool) -> tuple[Artifact, bytes] | None:
    """One tampered pair that states something false, or None if the draw made none."""
    artifact, data = honest(*draw.choice(SUBJECTS))
    document = json.loads(data)
    if not of_artifact:
        certain = way(draw, document, artifact)
    else:
        program = json.loads(json.dumps(artifact.program))
        certain = way(draw, document, program)
        if certain is False:
            return None
        digest = program_digest(program)
        artifact = artifact._replace(program=program, program_sha256=digest, cycles=len(program))
        document.update(program_sha256=digest, cycles=len(program))
        try:
            check_program(program)
        except FrozenError:
            return None  # the decoder of artifacts has it already
    if certain is False or (certain is None and is_true(artifact, document)):
        return None
    return artifact, json.dumps(document).encode()


def verdict(artifact: Artifact, data: bytes) -> str:
    """What the checker says, without a solver; "malformed" if it is no certificate."""
    try:
        return check(artifact, data).verdict
    except FrozenError:
        return "malformed"


def study(each: int, seed: int) -> list[tuple[str, Counter[str]]]:
    """``each`` tamperings of every kind, and what became of them."""
    results = []
    for of_artifact, ways in ((False, CERTIFICATES), (True, ARTIFACTS)):
        for name, way in ways.items():
            draw, counts = random.Random(f"{seed} {name}"), Counter[str]()
            while counts.total() < each:
                pair = tampered(draw, way, of_artifact)
                if pair is not None:
                    counts[verdict(*pair)] += 1
            results.append((f"{'artifact' if of_artifact else 'certificate'}: {name}", counts))
    return results


def main(arguments: list[str]) -> int:
    """Run the study. 0: nothing false was accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.tampering", description=__doc__)
    parser.add_argument("--each", type=int, default=50, help="tamperings of a kind  [50]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args(arguments)
    for subject in SUBJECTS:
        if verdict(*honest(*subject)) != ACCEPTED:
            raise SystemExit(f"error: the honest certificate of {subject} is not accepted")
    start = time.perf_counter()
    results = study(options.each, options.seed)
    columns = ("rejected", "malformed", "inconclusive", ACCEPTED)
    total = sum((counts for _, counts in results), Counter[str]())
    rows = [
        (name, str(counts.total()), *(str(counts[column]) for column in columns))
        for name, counts in [*results, ("all", total)]
    ]
    publish("tampering", ("tampering", "tried", *columns), rows, options.write)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 1 if total[ACCEPTED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
