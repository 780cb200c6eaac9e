"""A run as a trace: ``events`` says what happened when, one writer per format writes it down."""
