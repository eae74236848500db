"""Guesses what a shop's fields mean from their names and types, without a database.

The words are those of hand-written shops, tutorials and the older Django shop apps;
every guess carries how sure it is and why, and any of them can be overruled.
"""

from __future__ import annotations

from shop_personalize.catalog.discovery.guess import Guess, settings_of
from shop_personalize.catalog.discovery.lines import guess_orders
from shop_personalize.catalog.discovery.models import find_lines, find_products
from shop_personalize.catalog.discovery.products import guess_catalog

__all__ = [
    "Guess",
    "find_lines",
    "find_products",
    "guess_catalog",
    "guess_orders",
    "settings_of",
]
