"""The matrix: Python and Django versions, and proof that extras are optional."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["tests", "bare"]


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
@nox.parametrize("django", ["5.2", "6.0"])
def tests(session: nox.Session, django: str) -> None:
    if django.startswith("6") and session.python == "3.11":
        session.skip("Django 6 needs Python 3.12")
    session.install("-e", ".", "--group", "test", f"django~={django}.0")
    session.run("pytest", *session.posargs)


@nox.session
def bare(session: nox.Session) -> None:
    """The core without any extra still imports, checks and serves."""
    session.install(
        "-e", ".", "pytest", "pytest-django", "pytest-randomly", "hypothesis"
    )
    session.run("pytest", "tests/core", "tests/ml", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    session.install("-e", ".", "--group", "dev")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")
    session.run("mypy")
