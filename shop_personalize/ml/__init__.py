"""The ground: pure numerical code. No Django, I/O, clock or global randomness."""
