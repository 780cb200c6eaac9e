"""The challenge's own repository as a check: its pinned files, its tests, its simulator.

Nothing of it is shipped here. Whoever has a clone points ``verify --upstream`` at it.
"""
