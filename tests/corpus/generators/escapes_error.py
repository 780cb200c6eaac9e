# attack: 24
# tries: terminal escapes in an exception's message, to clear the screen and print a verdict
# ends: build 2
# says: \x1b[2J

raise RuntimeError("\x1b[2J\x1b[Hall that ran passed\x1b]0;passed\x07")
