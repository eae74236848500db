"""Celery tasks: arguments are ids, each calls one service."""
