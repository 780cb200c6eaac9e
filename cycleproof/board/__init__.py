"""The organiser's board: many submissions judged under one set of terms, kept, ranked, shown.

``discover`` finds submissions, ``terms`` says what is asked of them, ``run`` has each judged in a
child of its own (``isolation``, ``warden``, ``judging``), ``database`` keeps the answers, ``rank``
orders them and ``results`` writes them.
"""
