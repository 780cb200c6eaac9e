"""The kernel compiler: problem and shape in, a program for the frozen machine out.

``recipe`` loads a named choice of compiler and options, ``scalar`` and ``graph`` are the two
compilers, ``emit`` writes what they make as an instruction dump. ``python -m solution --help``.
"""

__version__ = "0.1.0"
