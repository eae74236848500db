"""Public signals of the slice, for the shop; sent after the transaction, and robustly.

``price_approved``   sender=None, item_id (str), price (Money), change (PriceChange)
``price_put_back``   sender=None, item_id (str), price (Money), change (PriceChange)
"""

from __future__ import annotations

from django.dispatch import Signal

price_approved = Signal()
price_put_back = Signal()
