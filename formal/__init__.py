"""The machine and the theorem about certificates in Coq; see ``docs/audit.md``."""
