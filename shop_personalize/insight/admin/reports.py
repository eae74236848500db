"""The reports by name: how each is called, and how its answer is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop_personalize.insight.admin import (
    baskets,
    cohorts,
    coverage,
    customers,
    fairness,
    funnel,
    products,
    quality,
    repeats,
    searches,
)
from shop_personalize.insight.admin.shown import Shown
from shop_personalize.insight.selectors.period import Period


@dataclass(frozen=True)
class Report:
    """``name`` is that of its question; ``headline`` answers it in one sentence."""

    name: str
    title: Promise | str
    question: Promise | str
    headline: Callable[[Any, Period], str]
    show: Callable[[Any, Period], Shown]


REPORTS = {
    each.name: each
    for each in (
        Report(
            "funnel",
            _("From visitor to buyer"),
            _("How many visitors buy, and where are the others lost?"),
            funnel.headline,
            funnel.show,
        ),
        Report(
            "cohorts",
            _("Coming back"),
            _("How many new customers buy again?"),
            cohorts.headline,
            cohorts.show,
        ),
        Report(
            "customers",
            _("Best customers"),
            _("Who brings the revenue, and who is about to leave?"),
            customers.headline,
            customers.show,
        ),
        Report(
            "products",
            _("Products and categories"),
            _("What sells, and what is looked at and not bought?"),
            products.headline,
            products.show,
        ),
        Report(
            "searches",
            _("Searches"),
            _("What is searched for, and what is not found?"),
            searches.headline,
            searches.show,
        ),
        Report(
            "baskets",
            _("Baskets"),
            _("What does an order hold, and what goes together?"),
            baskets.headline,
            baskets.show,
        ),
        Report(
            "repeats",
            _("Buying again"),
            _("After how many days do customers buy again?"),
            repeats.headline,
            repeats.show,
        ),
        Report(
            "coverage",
            _("Range shown"),
            _("How much of the range do recommendations show?"),
            coverage.headline,
            coverage.show,
        ),
        Report(
            "fairness",
            _("Who gets to be seen"),
            _("Do new products, brands and categories get their share?"),
            fairness.headline,
            fairness.show,
        ),
        Report(
            "quality",
            _("Health of the data"),
            _("Can the figures be trusted?"),
            quality.headline,
            quality.show,
        ),
    )
}
