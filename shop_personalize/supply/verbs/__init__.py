"""Verbs of ``manage.py personalize`` that this slice brings along."""
