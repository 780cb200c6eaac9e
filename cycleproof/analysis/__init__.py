"""What can be said of a program and of one run of it: pure functions from programs to data.

``engines`` and ``hazards`` look at bundles; ``execution`` runs the program once and the rest look
at that run: ``dependences`` (critical path), ``liveness`` (scratch words), ``provenance`` (which
round, lane and tree node each slot works on), ``sharing`` (which nodes the lanes visit).
``summary`` collects them. Every figure comes from the artifact or a run of it.
"""

from collections.abc import Sequence

from frozen.ops import Op, Slot

Pairs = Sequence[tuple[Op, Slot]]
"""The slots of one bundle with their rows of the op table, in slot order."""
