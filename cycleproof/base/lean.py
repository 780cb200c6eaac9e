"""Imported first by processes of our own: they start without a library that they never use.

jsonschema imports every checker of formats that is installed beside it, for whatever package. The
grammar of rfc3987-syntax takes three seconds of processor then; our schema names no format.
"""

import sys

# None: to import it raises ModuleNotFoundError (Python Language Reference, 5.3.1).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
