"""Verbs of the reports: count the days, keep the answers."""
