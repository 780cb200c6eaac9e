"""``python -m cycleproof`` is the same as ``cycleproof``."""

from .cli import main

if __name__ == "__main__":
    main()
