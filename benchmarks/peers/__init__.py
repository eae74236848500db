"""Other libraries on the same data, one small function for each of their systems.

A system that recommends takes the training matrix and returns a function from users to
their lists; one that rates takes rating triples and returns a function from pairs to
predictions. Fitting happens in the first call, so each can be timed by itself. A
library that is not installed is left out, and the run says so.
"""

from __future__ import annotations

from benchmarks.peers.peer import Fitter, Lists, Peer, Ratings, beside
from benchmarks.peers.systems import RATINGS, TOP_N

__all__ = ["RATINGS", "TOP_N", "Fitter", "Lists", "Peer", "Ratings", "beside"]
