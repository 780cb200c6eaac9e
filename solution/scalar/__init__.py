"""The scalar compiler: one straight-line round per lane, and four ways to make it shorter.

``lanes`` writes a round as phases of ops, ``packer`` puts ops into bundles, ``compiler`` walks
lanes and rounds. The recipes baseline, pipelined, packed, resident and vector differ only in
``options``: where values live, how many lanes an op covers, where bundles must end.
"""

from .compiler import compile_labelled

__all__ = ["compile_labelled"]
