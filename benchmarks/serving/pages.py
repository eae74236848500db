"""What tags add to a page: time on the clock, CPU, queries."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.serving.shop import Shop, key_of

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = 30
RENDERED = 400
COUNTED = 40
PAGES = {
    "for_you": '{% recommendations "home-for-you" %}',
    "also_viewed": '{% recommendations "product-also-viewed" product=product %}',
    "together": '{% recommendations "basket-bought-together" basket=basket %}',
}
FOUR_BLOCKS = (
    '{% recommendations "home-for-you" %}'
    '{% recommendations "product-also-viewed" product=product %}'
    '{% recommendations "basket-bought-together" basket=basket %}'
    '{% recommendations "home-popular" %}'
)


def measure(shop: Shop) -> dict[str, float]:
    """Each of the pages with one block."""
    found: dict[str, float] = {}
    for page, source in PAGES.items():
        found |= measured(shop, page, source)
    return found


def measured(shop: Shop, page: str, source: str) -> dict[str, float]:
    """Percentiles of ``RENDERED`` renderings, and the most queries of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    render = _renderer(shop, source)
    for _ in range(WARM_UP):
        render(nullcontext())
    took = [render(nullcontext()) for _ in range(RENDERED)]
    wall, processor = np.array(took).T * 1000
    captured = [CaptureQueriesContext(connection) for _ in range(COUNTED)]
    for each in captured:
        render(each)
    return {
        f"{page}_p50_ms": round(float(np.percentile(wall, 50)), 2),
        f"{page}_p95_ms": round(float(np.percentile(wall, 95)), 2),
        f"{page}_cpu_p95_ms": round(float(np.percentile(processor, 95)), 2),
        f"{page}_queries": max(len(each) for each in captured),
    }


def _renderer(shop: Shop, source: str) -> Callable[[Any], tuple[float, float]]:
    """A call that renders the tag for some visitor and returns (wall, CPU) seconds.

    What it is given surrounds the rendering alone, not what the shop does itself.
    """
    from django.template import Context, Template
    from django.test import RequestFactory

    from tests.projects.gifts.models import Product

    template = Template("{% load personalize %}" + source)
    factory = RequestFactory()

    def render(around: Any) -> tuple[float, float]:
        at = shop.rng.choice(shop.products, size=4, p=shop.popularity)
        wanted = [shop.ids[n] for n in at]
        known = Product.objects.select_related("category").in_bulk(map(int, wanted))
        product, *basket = [known[int(each)] for each in wanted]
        request = factory.get("/")
        request.personalize = _Known(key_of(int(shop.rng.choice(shop.busy))))  # type: ignore[attr-defined]
        facts = {"request": request, "product": product, "basket": basket}
        context = Context(facts)
        with around:
            began, spent = time.perf_counter(), time.thread_time()
            html = template.render(context)
            took = time.perf_counter() - began, time.thread_time() - spent
        if html.count("sp-card") < 6:
            raise RuntimeError(f"the block is not full: {html[:300]}")
        return took

    return render


class _Known:
    """What the middleware would say of a visitor who was here before."""

    consent, site, is_new, is_bot = "full", "", False, False

    def __init__(self, key: str) -> None:
        self.visitor_key = key
