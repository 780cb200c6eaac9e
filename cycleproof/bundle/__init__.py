"""The submission bundle: a zip file with one kernel as data, its evidence, and how to verify it."""
