"""What products cost the shop: invented, for the orders of the demo tell no cost."""

from __future__ import annotations

from decimal import Decimal
from zlib import crc32

SHARES = (Decimal("0.42"), Decimal("0.48"), Decimal("0.55"))
"""Of the price; which one, the stock code says."""
UNTOLD = 71
"""Of so many products nobody knows the cost of one, as in real shops."""


def invented(sku: str, price: Decimal) -> Decimal | None:
    """The same for a stock code and a price every time."""
    lot = crc32(sku.encode())
    return None if lot % UNTOLD == 0 else round(price * SHARES[lot % len(SHARES)], 2)
