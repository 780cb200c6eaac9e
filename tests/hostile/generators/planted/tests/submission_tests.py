"""Planted: never handed over."""
