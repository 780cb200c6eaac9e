"""Tests: the rooms of the packages again; beside them corpus, studies, support and install."""
