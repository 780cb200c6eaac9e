"""Reports: renderings of evidence, each a module that takes an ``Evidence``."""
