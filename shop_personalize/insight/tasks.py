"""What is repeated: the sums of the days, then the answers that have become old."""

from __future__ import annotations

from shop_personalize.insight.services.renewal import EVERY, NAME, renew

__all__ = ["EVERY", "NAME", "renew"]
