"""Put every fact of this folder to a solver: python3 check_facts.py SOLVER [OPTION...].

A fact holds if the solver says "unsat" to each (check-sat) of its file, and nothing else. Every
other file is named, with what was said. Exit code 0: all facts hold. 1: not all. 2: no solver.
"""

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(solver: list[str]) -> int:
    """Put all facts, count those that hold, and return the exit code."""
    if not solver or not shutil.which(solver[0]):
        print("usage: python3 check_facts.py SOLVER [OPTION...]; SOLVER: a program on the path")
        return 2
    facts = json.loads((HERE / "manifest.json").read_text("utf-8"))["facts"]
    held = 0
    for fact in facts:
        path = HERE / fact["file"]
        done = subprocess.run([*solver, path], stdout=subprocess.PIPE, check=False)
        said = done.stdout.decode("utf-8", "replace").splitlines()
        if sha256(path.read_bytes()).hexdigest() != fact["sha256"]:
            print(f"{fact['file']}: not the file of the manifest")
        elif said != ["unsat"] * fact["check_sats"]:
            other = next((line for line in said if line != "unsat"), "no further answer")
            unsat = f"{said.count('unsat')} of {fact['check_sats']} unsat"
            print(f"{fact['file']}: {unsat}, {other}")
        else:
            held += 1
    print(f"{held:,} of {len(facts):,} facts hold")
    return 0 if held == len(facts) > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
