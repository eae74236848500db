"""The invented visitors of the demo: what they do is counted as a shop's would be."""

from __future__ import annotations

import json

from tests.example.conftest import Run

SHOP = """
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from example_project.shop.models import Category, Order, OrderLine, Product
now = timezone.now()
shelf = Category.objects.create(slug="mugs", name="Mugs")
order = Order.objects.create(number=1, placed_at=now - timedelta(days=30))
for n in range(1, 13):
    mug = Product.objects.create(
        sku=str(n), title=f"Mug {n}", slug=f"mug-{n}", category=shelf,
        price=Decimal(n), stock=9, created=now)
    OrderLine.objects.create(order=order, product=mug, quantity=n, unit_price=n)
"""
FACTS = """
import json
from collections import Counter
from django.db.models import Sum
from shop_personalize.experiments.models import Experiment
from shop_personalize.models import BlockDay, Interaction, TrialDay, VisitorDay
kinds = Interaction.objects.values_list("kind", flat=True)
print(json.dumps({
    "kinds": Counter(kinds),
    "refused": Interaction.objects.filter(context__has_key="refused").count(),
    "blocks": BlockDay.objects.aggregate(*map(Sum, ("shown", "seen", "clicked"))),
    "units": float(VisitorDay.objects.aggregate(n=Sum("units"))["n"]),
    "trials": sorted(set(TrialDay.objects.values_list("trial", flat=True))),
    "state": Experiment.objects.get().state,
}))
"""


def test_what_they_do_is_counted(run_apart: Run) -> None:
    run_apart("migrate", "--verbosity", "0")
    run_apart("shell", "-c", SHOP)
    said = run_apart("visit_demo_shop", "--visitors", "150")
    assert "150 visitors did" in said
    facts = json.loads(run_apart("shell", "-c", FACTS).splitlines()[-1])
    kinds, blocks = facts["kinds"], facts["blocks"]
    assert facts["refused"] == 0
    assert blocks["clicked__sum"] == kinds["click"] > 0
    assert 0 < blocks["seen__sum"] <= kinds["rec_view"]
    assert blocks["shown__sum"] > blocks["seen__sum"]
    bought = kinds["purchase"] - 12  # beside the twelve lines of the shop's own order
    assert bought > 0
    assert facts["units"] == sum(range(1, 13)) + bought
    assert facts["trials"] == ["bought-beside", "holdout"]
    assert facts["state"] == "running"
