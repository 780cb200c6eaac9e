"""The scheduler's inner loops, over flat arrays of integers.

A cycle-by-cycle list scheduler with engine choice and scratch allocation inside. One key per op
(smaller is more urgent, ties by number) orders each engine's queue. A value takes scratch from
the first issue that touches it until the last op that touches it is over; a lane-wise op whose
operand dies with it may write its result in the operand's place. With ``reverse`` the same loop
runs on the reversed graph without allocation: the backward half of justification.

``solution/search/core.c`` is the same in C, for the search; a test holds the two together.
"""
