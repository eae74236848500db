"""The ground: pure numerical code. No Django, no I/O, no clock, no global randomness."""
