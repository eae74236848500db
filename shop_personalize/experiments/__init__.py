"""Experiments: which variant earns more, and how sure that is.

Designs trials and judges them. Serving needs nothing of it: what runs is a row of
``Trial``, what came of it are rows of ``TrialDay``.
"""
