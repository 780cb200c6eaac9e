"""Classes 21 and 23, which need a look inside the runner: each case is a test of its own."""

from tests.corpus.case import Case

CASES = [
    Case(0, "a_right_kernel", "the runner's honest answer: it must be believed", 0, ""),
    Case(
        21,
        "a_swap_after_the_hash_has_no_effect",
        "every file of the base is replaced after it was hashed and before it runs",
        0,
        "",
    ),
    Case(
        21,
        "a_changed_file_would_run_if_it_were_not_hashed",
        "other bytes handed to the runner do run: what protects is the hash of those very bytes",
        0,
        "",
    ),
    Case(
        23,
        "only_a_whole_frame_with_the_nonce_is_believed",
        "eight forged answers: none, no frame, another nonce, another length, noise, a bad status",
        4,
        "ended without an answer",
    ),
    Case(
        23,
        "flags_that_differ_are_refused",
        "an answer from an interpreter that was not isolated",
        4,
        "the interpreter is not isolated",
    ),
]
