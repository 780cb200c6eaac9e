"""The evidence store: what this account's own runs of ``verify`` established, kept for its use.

``key`` says what an entry is for, ``share`` what it says of a second file, ``secret`` keeps the
account's secret, ``entries`` reads and writes the files. An entry that anything else wrote or
changed is never read: it is as if it were not there, and the checks run.
"""
