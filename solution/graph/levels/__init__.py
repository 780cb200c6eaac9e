"""The ways of serving levels: one module each, with its price, all behind ``walk.Strategy``.

A record serves two levels: ``First`` fetches it and takes its node, ``Second`` takes the child.
"""
