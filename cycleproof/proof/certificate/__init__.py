"""Certificates: a proof of the prover, written down for the checker."""
