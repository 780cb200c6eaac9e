"""Imported first by processes of our own: they start without libraries that they never use.

jsonschema imports every checker of formats that is installed beside it, for whatever package. The
grammar of rfc3987-syntax takes three seconds of processor then, the others named here 0.06; our
schema names no format.
"""

import sys

for _name in ("isoduration", "rfc3986_validator", "rfc3987_syntax"):
    # None: to import it raises ModuleNotFoundError (Python Language Reference, 5.3.1).
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
