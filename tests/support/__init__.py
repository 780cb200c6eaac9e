"""What the tests share: a command-line runner, sample programs, an independent machine."""
