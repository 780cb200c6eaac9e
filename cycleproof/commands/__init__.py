"""The commands, one module each; the registry is ``cycleproof.cli.COMMANDS``."""
