"""The answer of an engine that cannot run a program."""


class Unsupported(Exception):
    """The program cannot run on an engine; the message says where and why."""
