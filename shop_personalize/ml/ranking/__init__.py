"""A learned ranker: what is known of a candidate, as numbers, and how likely it is.

What serves needs NumPy alone (``features``, ``trees``, ``score``); ``facts`` and
``learn`` are for training. Any recommender can be ranked anew; five lines do it::

    sources = {"walk": ForYou(), "own": BuyItAgain(), "popular": Popular()}
    past, cases = split(data)                 # a past, and questions with answers
    ranker = learn_ranker(sources, [(past, cases)])
    fitted = ranked(sources, data, ranker)    # knowledge, configuration, extras
    answer(*fitted, history=history, n=10)

``learn_ranker`` and ``ranked`` are in ``ml/recommenders/ranked.py``, and ``Blend`` does
all of it, with windows of the shop's own past.
"""
