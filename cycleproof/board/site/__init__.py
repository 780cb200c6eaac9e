"""A board as static pages: the same bytes for the same board, from any host or from a file.

``chart`` places the record over time, ``pages`` renders the templates in ``page/``, ``write``
puts the files in place.
"""
