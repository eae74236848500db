from __future__ import annotations

from datetime import timedelta

REVIEW_EVERY = timedelta(hours=1)


def review() -> None:
    """Ramps, guardrails, traffic checks, adaptive shares: after each rollup."""
    from shop_personalize.experiments import services

    services.review()
