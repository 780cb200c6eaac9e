"""The frozen simulator: its pinned bytes, isolated runs of it, and the inputs that it is given."""
