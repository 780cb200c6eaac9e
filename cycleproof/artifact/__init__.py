"""The artifact: its format, its schema, and the ways in which one is made."""
