"""What an engine answers instead of numbers."""


class Unsupported(Exception):
    """The program cannot run on an engine; the message says where and why."""
