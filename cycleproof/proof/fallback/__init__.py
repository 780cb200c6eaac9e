"""The fallback: equalities guessed by values and settled by an SMT solver."""
