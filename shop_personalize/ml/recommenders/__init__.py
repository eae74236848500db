"""One file an algorithm; each ends in one of the four shapes of knowledge."""
