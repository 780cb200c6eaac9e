"""Pairs of raw expressions that the algebra must turn into one term."""

BIT = ("bit", "v")
OTHER = ("bit", "w")
FLIP = ("^", BIT, 1)
NODE = ("select", BIT, "a", "b")
MIX = ("select", OTHER, "a", "b")
MIXED = ("^", "v", MIX)
LEFT, RIGHT = ("^", "v", "a"), ("^", "v", "b")

SPELLINGS = {
    "shift left is a multiple": (("<<", "v", 2), ("*", "v", 4)),
    "a sum of multiples": (("+", ("<<", "v", 2), "v"), ("*", "v", 5)),
    "multiples distribute": (("*", ("+", "v", "w"), 3), ("+", ("*", "w", 3), ("*", "v", 3))),
    "squares apart": (
        ("*", ("-", "v", "w"), ("+", "v", "w")),
        ("-", ("*", "v", "v"), ("*", "w", "w")),
    ),
    "the square of a sum": (
        ("*", ("+", "v", 3), ("+", "v", 3)),
        ("+", ("*", "v", "v"), ("+", ("*", "v", 6), 9)),
    ),
    "difference": (("-", ("+", "v", "w"), "w"), "v"),
    "shifting everything out": (("<<", "v", -1), 0),
    "xor cancels": (("^", ("^", "v", "w"), "v"), "w"),
    "xor of constants": (("^", ("^", "v", 5), 3), ("^", "v", 6)),
    "complement by subtraction": (("-", -1, "v"), ("^", "v", -1)),
    "complement of a sum": (("^", ("+", "v", 3), -1), ("-", -4, "v")),
    "complement back in a sum": (("+", ("^", "v", -1), 1), ("-", 0, "v")),
    "shift of a xor": ((">>", ("^", "v", "w"), 1), ("^", (">>", "v", 1), (">>", "w", 1))),
    "shift of a xor with a constant": ((">>", ("^", "v", 6), 1), ("^", (">>", "v", 1), 3)),
    "shift of a shift": ((">>", (">>", "v", 1), 1), (">>", "v", 2)),
    "shift of a table's constant": ((">>", ("^", NODE, 6), 1), ("^", (">>", NODE, 1), 3)),
    "shift of a mask": ((">>", ("&", "v", 6), 1), ("&", (">>", "v", 1), 3)),
    "up and down": ((">>", ("<<", "v", 2), 2), ("&", "v", (">>", -1, 2))),
    "up and further down": ((">>", ("<<", "v", 1), 2), ("&", (">>", "v", 1), (">>", -1, 2))),
    "further up and down": ((">>", ("<<", "v", 2), 1), ("&", ("*", "v", 2), (">>", -1, 1))),
    "mask of a mask": (("&", ("&", "v", 6), 3), ("&", "v", 2)),
    "mask of a constant part": (("&", ("^", "v", 5), 3), ("^", ("&", "v", 3), 1)),
    "low bits of a sum": (("&", ("+", ("*", "v", 5), 4), 3), ("&", "v", 3)),
    "parity of one odd term": (("bit", ("+", ("*", "v", 3), ("*", "w", 2))), BIT),
    "parity of two odd terms": (("bit", ("+", ("*", "v", 3), "w")), ("bit", ("^", "v", "w"))),
    "parity of an odd constant": (("bit", ("+", "v", 7)), FLIP),
    "remainder by a power of two": (("%", "v", 2), BIT),
    "quotient by a power of two": (("//", "v", 4), (">>", "v", 2)),
    "or with a constant": (("|", "v", 3), ("+", ("&", "v", -4), 3)),
    "two halves of a word": (("+", ("&", "v", 5), ("&", "v", -6)), "v"),
    "one half less the other": (("-", ("&", "v", -6), ("&", "v", 5)), ("-", ("^", "v", 5), 5)),
    "half and flipped whole": (("+", ("&", "v", 5), ("^", "v", 5)), ("+", ("&", "v", -6), 5)),
    "half less flipped whole": (("-", ("|", "v", 5), ("^", "v", 5)), ("&", "v", 5)),
    "halves with a weight": (
        ("-", ("*", ("&", "v", 5), 3), ("*", ("&", "v", -6), 3)),
        ("*", 3, ("-", ("^", "v", -6), -6)),
    ),
    "or with all but one bit": (("|", "v", -2), ("-", BIT, 2)),
    "or with a constant less and": (("-", ("|", "v", 5), ("&", "v", 5)), ("^", "v", 5)),
    "or less and": (("-", ("|", "v", "w"), ("&", "v", "w")), ("^", "v", "w")),
    "or by parts": (("+", ("^", "v", "w"), ("&", "v", "w")), ("|", "v", "w")),
    "bits: equal to zero": (("==", BIT, 0), FLIP),
    "bits: polynomial": (("+", ("*", BIT, OTHER), ("*", FLIP, OTHER)), OTHER),
    "bits: or": (("|", BIT, OTHER), ("-", ("+", BIT, OTHER), ("*", BIT, OTHER))),
    "bits: select": (("select", BIT, 5, 3), ("+", 3, ("*", BIT, 2))),
    "bits: a shift by one": (("<<", 3, BIT), ("+", 3, ("*", 3, BIT))),
    "select by difference": (("+", ("*", BIT, ("-", "a", "b")), "b"), NODE),
    "select by xor and mask": (("^", ("&", ("-", 0, BIT), ("^", "a", "b")), "b"), NODE),
    "select by two masks": (("|", ("&", ("-", 0, BIT), "a"), ("&", ("-", BIT, 1), "b")), NODE),
    "select by two products": (("+", ("*", BIT, "a"), ("*", FLIP, "b")), NODE),
    "select of mixed values": (("select", BIT, LEFT, RIGHT), ("^", "v", NODE)),
    "select of sums": (
        ("select", BIT, ("+", "v", 6), ("+", "v", 2)),
        ("+", ("+", "v", 2), ("<<", BIT, 2)),
    ),
    "mixed values by products": (
        ("+", ("*", OTHER, LEFT), ("*", ("^", OTHER, 1), RIGHT)),
        MIXED,
    ),
    "mixed values by difference": (
        ("+", RIGHT, ("*", OTHER, ("-", LEFT, RIGHT))),
        MIXED,
    ),
    "select of one structure": (
        ("select", OTHER, (">>", LEFT, 1), (">>", RIGHT, 1)),
        (">>", MIXED, 1),
    ),
    "select on the complement": (("select", FLIP, "b", "a"), NODE),
    "select on any word": (
        ("select", ("&", "v", 2), "a", "b"),
        ("select", ("bit", (">>", "v", 1)), "a", "b"),
    ),
    "table: constants pulled out": (("^", ("select", BIT, ("^", "a", 5), ("^", "b", 5)), 5), NODE),
    "table: sums leaf by leaf": (("+", NODE, 3), ("select", BIT, ("+", "a", 3), ("+", "b", 3))),
    "table: a bit that does not matter": (("select", OTHER, NODE, NODE), NODE),
    "less than by bounds": (("<", ("&", "v", 3), 4), 1),
    "less than one": (("<", "v", 1), ("==", "v", 0)),
    "zero less than": (("<", 0, "v"), ("^", ("==", "v", 0), 1)),
    "equal up to a constant": (("==", ("^", "v", 5), 3), ("==", "v", 6)),
    "never equal": (("==", ("&", "v", 3), 4), 0),
    "one bit equal to zero": (("==", ("&", "v", 2), 0), ("^", ("bit", (">>", "v", 1)), 1)),
    "remainder below the divisor": (("%", ("&", "v", 3), 5), ("&", "v", 3)),
    "quotient below the divisor": (("//", ("&", "v", 3), 5), 0),
}
