# attack: 7
# tries: a link to a file outside, to have it read or copied into the evidence
# ends: verify 1
# says: lanes wrong
# link: notes.txt ../outside.txt

from one_cycle import OneCycle as KernelBuilder  # noqa: F401
