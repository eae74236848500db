"""``manage.py visit_demo_shop``: eight weeks of invented visitors for the reports."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from example_project.shop import visitors
from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.attribution.rollup import rebuild
from shop_personalize.capture.service import record
from shop_personalize.conf import app_settings
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.services import plan, start
from shop_personalize.management.console import Console
from shop_personalize.models import Checkpoint, Trial
from shop_personalize.models.trial import HOLDOUT
from shop_personalize.registry.periodic import periodic
from shop_personalize.training.periodic import every

DAYS, BATCH = 56, 5000
EXPERIMENT_DAYS = 35
SLUG = "bought-beside"


class Command(BaseCommand):
    help = "Invents visitors who browse the demo shop, so that its reports fill."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--visitors", type=int, default=12_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(self.stdout, self.stderr)
        first = timezone.now() - timedelta(days=DAYS)
        shop = visitors.open_shop(self._experiment())
        if not shop.products:
            raise CommandError(
                "The shop is empty; run: python manage.py load_demo_shop"
            )
        people = options["visitors"]
        events = []
        for number in range(people):
            one = visitors.Visitor(number, shop, options["seed"])
            events += one.visits(first, DAYS)
        events.sort(key=lambda event: event.occurred_at or first)
        bought = [event for event in events if event.kind == "purchase"]
        others = iter([event for event in events if event.kind != "purchase"])
        with transaction.atomic():
            record(bought, source="orders", historical=True)
            done = len(bought)
            while batch := list(islice(others, BATCH)):
                record(batch, source="native", historical=True)
                done += len(batch)
                console.progress(done / len(events), "visits")
        self._count(first)
        console.line(
            f"✔ {people:,} visitors did {len(events):,} things in {DAYS} days."
        )
        console.line("They are invented. See what became of them: /admin/")

    def _experiment(self) -> Trial:
        """Made as an owner would make it, then begun five weeks ago."""
        found = Experiment.objects.filter(slug=SLUG).first()
        if found is None:
            found = plan(
                name="Bought beside instead of viewed beside",
                slug=SLUG,
                hypothesis="Who sees what others bought with it clicks and buys more.",
                block=visitors.PRODUCT,
                primary_metric="click_rate",
                secondary_metrics=["revenue", "orders"],
                guardrails={"revenue": 15.0},
                arms=[
                    {"name": "Customers also looked at"},
                    {
                        "name": "Customers also bought",
                        "changes": {"chain": ["also_bought", "similar", "popular"]},
                    },
                ],
            )
            start(found)
        began = timezone.now() - timedelta(days=EXPERIMENT_DAYS)
        Experiment.objects.filter(slug=SLUG).update(started_at=began)
        Trial.objects.filter(slug=SLUG).update(started_at=began)
        return Trial.objects.get(slug=SLUG)

    def _count(self, first: Any) -> None:
        since = timezone.localtime(first).date()
        state = {"share": app_settings.HOLDOUT, "since": since.isoformat()}
        Checkpoint.objects.update_or_create(name=HOLDOUT, defaults={"state": state})
        rebuild()
        roll_up_trials(timezone.localdate(), since=since)
        Checkpoint.objects.filter(
            name__in=[f"every:{w.name}" for w in periodic()]
        ).delete()
        for work in periodic():
            every(work.name, work.interval, work.work)
