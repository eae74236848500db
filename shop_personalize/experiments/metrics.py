"""What an experiment can be judged by: names, meanings, and the sentences of a verdict.

The names are those of ``TrialDay.metric``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MONEY, COUNT, SHARE = "money", "count", "share"
PREFERENCE = "preference"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A figure of an arm; more of it is better."""

    name: str
    title: _StrPromise
    means: _StrPromise
    unit: str
    is_ratio: bool = False
    """Two sums over visitors, one by the other, not one value a visitor."""
    more: _StrPromise
    less: _StrPromise


METRICS: dict[str, Metric] = {
    each.name: each
    for each in (
        Metric(
            name="revenue",
            title=gettext_lazy("Sold per visitor"),
            means=gettext_lazy(
                "All that visitors of a variant bought, divided by the visitors, "
                "whether they bought or not."
            ),
            unit=MONEY,
            more=gettext_lazy("%(arm)s sells %(size)s more per visitor"),
            less=gettext_lazy("%(arm)s sells %(size)s less per visitor"),
        ),
        Metric(
            name="converted",
            title=gettext_lazy("Visitors who buy"),
            means=gettext_lazy("The share of visitors with at least one order."),
            unit=SHARE,
            more=gettext_lazy("With %(arm)s %(size)s more of the visitors buy"),
            less=gettext_lazy("With %(arm)s %(size)s fewer of the visitors buy"),
        ),
        Metric(
            name="orders",
            title=gettext_lazy("Orders per visitor"),
            means=gettext_lazy("Orders of a variant divided by its visitors."),
            unit=COUNT,
            more=gettext_lazy("%(arm)s brings %(size)s more orders per visitor"),
            less=gettext_lazy("%(arm)s brings %(size)s fewer orders per visitor"),
        ),
        Metric(
            name="order_value",
            title=gettext_lazy("Value of an order"),
            means=gettext_lazy(
                "What was sold divided by the orders. It says nothing of how many "
                "buy; read it beside what is sold per visitor."
            ),
            unit=MONEY,
            is_ratio=True,
            more=gettext_lazy("An order with %(arm)s is worth %(size)s more"),
            less=gettext_lazy("An order with %(arm)s is worth %(size)s less"),
        ),
        Metric(
            name="carts",
            title=gettext_lazy("Put into the basket per visitor"),
            means=gettext_lazy(
                "Products put into the basket, divided by the visitors."
            ),
            unit=COUNT,
            more=gettext_lazy(
                "With %(arm)s each visitor puts %(size)s more products into the basket"
            ),
            less=gettext_lazy(
                "With %(arm)s each visitor puts %(size)s fewer products into the basket"
            ),
        ),
        Metric(
            name="views",
            title=gettext_lazy("Products viewed per visitor"),
            means=gettext_lazy("Product pages opened, divided by the visitors."),
            unit=COUNT,
            more=gettext_lazy("With %(arm)s each visitor views %(size)s more products"),
            less=gettext_lazy(
                "With %(arm)s each visitor views %(size)s fewer products"
            ),
        ),
        Metric(
            name="click_rate",
            title=gettext_lazy("Recommendations clicked"),
            means=gettext_lazy(
                "Of the recommendations that came into view, the share that was "
                "clicked. A click earns nothing yet; read it beside what is sold."
            ),
            unit=SHARE,
            is_ratio=True,
            more=gettext_lazy(
                "%(size)s more of the recommendations of %(arm)s are clicked"
            ),
            less=gettext_lazy(
                "%(size)s fewer of the recommendations of %(arm)s are clicked"
            ),
        ),
        Metric(
            name=PREFERENCE,
            title=gettext_lazy("Preferred in the same list"),
            means=gettext_lazy(
                "Both variants fill one list in turns; whose products are clicked "
                "more often wins that visitor. 50 % is a draw."
            ),
            unit=SHARE,
            more=gettext_lazy("Visitors prefer %(arm)s, by %(size)s over a draw"),
            less=gettext_lazy("Visitors do not prefer %(arm)s: %(size)s below a draw"),
        ),
    )
}
CHOICES = [(each.name, each.title) for each in METRICS.values()]
EVERYDAY = [pair for pair in CHOICES if pair[0] != PREFERENCE]
"""What a split can be judged by."""
