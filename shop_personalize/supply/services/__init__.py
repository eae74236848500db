"""Verbs that change state: keyword-only, atomic; what cannot be done is refused.

Refused with ``RefusedError``, whose sentence is shown as it is.
"""
