# attack: 6
# tries: crashes the interpreter, so that nothing in it can tell
# ends: build 2
# says: before a result

import ctypes

ctypes.string_at(0)
