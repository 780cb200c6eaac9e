# attack: 6
# tries: an exception that raises when it is shown
# ends: build 2
# says: an exception that cannot be shown


class Shy(Exception):
    def __str__(self):
        raise self


raise Shy
