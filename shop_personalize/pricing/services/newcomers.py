"""What a product nobody has sold yet may cost, by the shop's own prices of others."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from django.db import connections
from django.utils.translation import gettext_lazy
from threadpoolctl import threadpool_limits

from shop_personalize.catalog import get_catalog
from shop_personalize.ml.optimize.prices import PriceError
from shop_personalize.ml.optimize.prices.new_product import Listings, NewPrice
from shop_personalize.pricing.models import PricedItem
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.training.bell import way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.utils.functional import _StrPromise

    from shop_personalize.catalog.types import Item

logger = logging.getLogger("shop_personalize")
MOST = 5000
"""Products that are learned from: so many take seconds."""
WORDS = 400
"""Characters of a text that are read."""
NOTHING_YET = gettext_lazy("The shop's prices tell nothing yet (%(why)s).")
FAILED = gettext_lazy("The shop's prices could not be learned.")
PULLS, MANY = 6, 20
"""Reasons that are told, and asked for: spellings say nothing to a reader."""


@dataclass(frozen=True)
class Estimate:
    """A price with the interval that holds it in 8 of 10 cases.

    ``pulls``: kind, name and by what share it moves the price; the strongest first.
    """

    price: float
    low: float
    high: float
    currency: str
    products: int
    pulls: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Known:
    """What was learned of the shop's prices, or why nothing can be."""

    mark: str
    currency: str = ""
    products: int = 0
    model: NewPrice | None = None
    problem: _StrPromise | str = ""
    """Told in the language of whoever asks; ``why`` is part of it."""
    why: str = ""


class _Memory:
    """What this process has learned; learned anew after a renewal, by one thread."""

    def __init__(self) -> None:
        self._known: Known | None = None
        self._lock = threading.Lock()

    def get(self) -> Known | None:
        """None while it is being learned."""
        mark = _mark()
        if self._known is None or self._known.mark != mark:
            self._begin(mark)
        known = self._known
        return known if known is not None and known.mark == mark else None

    def _begin(self, mark: str) -> None:
        """In the background, so that no page waits."""
        if way() == "inline":
            self._known = _learned(mark)
        elif self._lock.acquire(blocking=False):
            work = threading.Thread(
                target=self._learn, args=[mark], name="sp-pricing", daemon=True
            )
            work.start()

    def _learn(self, mark: str) -> None:
        try:
            self._known = _learned(mark)
        finally:
            self._lock.release()
            connections.close_all()


_memory = _Memory()


def estimate(
    *, title: str, text: str = "", brand: str = "", category: str = ""
) -> Estimate | None:
    """None while the prices of the others are still being learned.

    Raises RefusedError where they tell nothing.
    """
    known = _memory.get()
    if known is None:
        return None
    if known.model is None:
        raise RefusedError(str(known.problem) % {"why": known.why})
    return _asked(known, known.model, _listing(title, text, brand, category))


def _mark() -> str:
    """Changes with every renewal, and with the number of products."""
    newest = PricedItem.objects.order_by("-renewed_at").values_list("renewed_at")
    last = newest.first()
    return f"{last[0].isoformat() if last else ''}/{get_catalog().count()}"


def _learned(mark: str) -> Known:
    try:
        currency, chosen = _chosen()
        prices = np.array([float(each.price.amount) for each in chosen if each.price])
        with threadpool_limits(1):  # a web process has pages to serve meanwhile
            # Networks take four times as long here and err half a percent less.
            model = NewPrice(nets=0).fit(_listings(chosen), prices)
    except PriceError as problem:
        return Known(mark, problem=NOTHING_YET, why=str(problem))
    except Exception:
        logger.exception("the prices of the shop could not be learned")
        return Known(mark, problem=FAILED)
    return Known(mark, currency, len(chosen), model)


def _chosen() -> tuple[str, list[Item]]:
    """Those in the currency most are priced in, evenly thinned where they are many.

    The catalog is read twice rather than kept.
    """
    counts = Counter(code for _item, code in _priced())
    if not counts:
        return "", []
    main = max(counts, key=lambda each: (counts[each], each))
    own = (item for item, code in _priced() if code == main)
    return main, list(islice(own, 0, None, max(1, -(-counts[main] // MOST))))


def _priced() -> Iterator[tuple[Item, str]]:
    """Products with a price, and the currency it is in."""
    for item in get_catalog().iter_items():
        if item.price and item.price.amount > 0:
            yield item, item.price.currency


def _listings(items: Iterable[Item]) -> Listings:
    chosen = list(items)
    return Listings(
        titles=[item.title for item in chosen],
        texts=[item.text[:WORDS] for item in chosen],
        brands=[item.brand for item in chosen],
        categories=[item.categories[0] if item.categories else () for item in chosen],
    )


def _listing(title: str, text: str, brand: str, category: str) -> Listings:
    return Listings(
        titles=[title],
        texts=[text[:WORDS]],
        brands=[brand],
        categories=[(category,) if category else ()],
    )


def _asked(known: Known, model: NewPrice, one: Listings) -> Estimate:
    found = model.predict(one)
    return Estimate(
        price=float(found.price[0]),
        low=float(found.low[0]),
        high=float(found.high[0]),
        currency=known.currency,
        products=known.products,
        pulls=_pulls(model, one),
    )


def _pulls(model: NewPrice, one: Listings) -> tuple[tuple[str, str, float], ...]:
    """A word that stands in the title and in the description is told once."""
    found: dict[tuple[str, str], float] = {}
    for each in model.explain(one, 0, MANY):
        if each.what:
            kind = "word" if each.kind in {"title", "text"} else each.kind
            key = (kind, each.what)
            found[key] = found.get(key, 1.0) * each.factor
    told = [(kind, what, factor - 1) for (kind, what), factor in found.items()]
    return tuple(sorted(told, key=lambda each: -abs(each[2]))[:PULLS])
