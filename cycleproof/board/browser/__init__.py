"""The check in the browser: frozen bytes, prover and checker run by Pyodide in a web worker.

``vendor`` holds the pins of Pyodide, ``files`` puts the page together, ``driver`` is the Python
that runs in the worker, ``serve`` hands the page out on the loopback interface.
"""
