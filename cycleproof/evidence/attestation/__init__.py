"""Attestations: signed in-toto statements about one artifact's exact bytes.

Order is the point of this package: ``envelope`` verifies signatures over bytes, then, and only
then, ``statement`` reads them; the signing itself is securesystemslib's.
"""
