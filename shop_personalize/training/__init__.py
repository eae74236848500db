"""Learning: snapshot → data → fit → evaluation → gate → artifact → published.

``jobs`` decides who may train (one at a time, a row with a lease is the truth),
``fit`` is what a job does, ``publish`` changes what is served. Nothing here is
imported by a web worker that only serves; pyarrow and SciPy are at home.
"""
