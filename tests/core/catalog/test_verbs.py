"""inspect, doctor, backfill, import and export, as a person or a script runs them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.test import override_settings
from django.utils import timezone

from shop_personalize.models import (
    Checkpoint,
    Interaction,
    QuarantinedEvent,
    TrainingJob,
    Visitor,
)
from shop_personalize.models.visitor import visitor_key
from tests.projects.gifts.models import Category, Order, OrderItem, Product

Run = Callable[..., Any]
pytestmark = pytest.mark.django_db
GIFTS: dict[str, Any] = {
    "CATALOG": {"model": "gifts.Product"},
    "ORDERS": {"model": "gifts.OrderItem"},
}


@pytest.fixture
def mug() -> Product:
    toys = Category.objects.create(name="Kitchen")
    return Product.objects.create(name="Mug", price="4.50", category=toys)


@pytest.fixture
def bought(mug: Product) -> Order:
    made = Order.objects.create(
        created=timezone.now(), paid=True, email="ann@example.com"
    )
    OrderItem.objects.create(order=made, product=mug, quantity=2, price="4.50")
    Interaction.objects.all().delete()
    return made


class TestInspect:
    def test_it_prints_settings_that_work_when_pasted(
        self, personalize: Run, bought: Order
    ) -> None:
        text = personalize("inspect")
        scope: dict[str, Any] = {}
        exec(text[text.index("SHOP_PERSONALIZE") :], scope)
        assert scope["SHOP_PERSONALIZE"]["CATALOG"]["model"] == "gifts.Product"
        assert scope["SHOP_PERSONALIZE"]["CATALOG"]["available"] == {"stock__gt": 0}
        assert scope["SHOP_PERSONALIZE"]["ORDERS"]["counted"] == {"order__paid": True}

    def test_it_shows_samples_without_who_bought(
        self, personalize: Run, bought: Order
    ) -> None:
        text = personalize("inspect")
        assert "Mug · 4.50 · Kitchen · for sale" in text
        assert f"order {bought.pk} · 2 × " in text
        assert "purchased · by e-mail" in text
        assert "ann@example.com" not in text

    def test_json_carries_the_confidence(self, personalize: Run, mug: Product) -> None:
        found = personalize("inspect", json=True)
        assert found["catalog"]["guesses"]["price"]["confidence"] == 0.95
        assert found["settings"]["ORDERS"]["placed_at"] == "order__created"

    def test_a_model_that_is_not_there_is_named(self, personalize: Run) -> None:
        with pytest.raises(CommandError, match=r"no model 'gifts\.Nothing'"):
            personalize("inspect", "--catalog", "gifts.Nothing")

    def test_what_the_shop_says_is_kept(self, personalize: Run, mug: Product) -> None:
        given = {"CATALOG": {"model": "gifts.Product", "currency": "=EUR"}}
        with override_settings(SHOP_PERSONALIZE={**GIFTS, **given}):
            found = personalize("inspect", json=True)
            assert "yours" in personalize("inspect")
        assert found["settings"]["CATALOG"]["currency"] == "=EUR"
        assert "4.50 EUR" in found["catalog"]["samples"][0]


class TestDoctor:
    def test_a_fresh_shop_hears_what_to_do_first(self, personalize: Run) -> None:
        text = personalize("doctor")
        assert "✘ No product is seen." in text
        assert "personalize inspect guesses it" in text
        assert "✘ No recommender has a live version." in text
        assert "→ python manage.py personalize train" in text
        assert "◐ The shop's orders were never taken over." in text
        assert "◐ No schedule runs" in text

    def test_json_and_the_exit_code_are_for_scripts(self, personalize: Run) -> None:
        found = personalize("doctor", json=True)
        assert found["healthy"] is False
        assert found["errors"] == 2
        with pytest.raises(SystemExit):
            personalize("doctor", "--strict")

    def test_products_that_none_can_buy(self, personalize: Run, mug: Product) -> None:
        assert "None of the products" not in personalize("doctor")
        Product.objects.update(stock=0)
        assert "None of the products can be shown and bought." in personalize("doctor")

    def test_bots_a_stale_sync_and_a_forgotten_queue_are_told(
        self, personalize: Run
    ) -> None:
        visitor = Visitor.objects.create(key="v" * 43)
        rows = [
            interaction(visitor, flag="bot" if at < 6 else "", at=at)
            for at in range(10)
        ]
        Interaction.objects.bulk_create(rows)
        old = timezone.now() - timedelta(hours=9)
        Checkpoint.objects.create(name="orders")
        Checkpoint.objects.filter(name="orders").update(updated_at=old)
        job = TrainingJob.objects.create()
        TrainingJob.objects.filter(pk=job.pk).update(created_at=old)
        text = personalize("doctor")
        assert "60% of last week's events are bots'." in text
        assert "The orders were last looked at 9 hours ago." in text
        assert "1 training jobs wait; nobody takes them up." in text

    def test_a_page_cache_swallows_blocks(
        self, personalize: Run, settings: Any
    ) -> None:
        settings.MIDDLEWARE = [
            "django.middleware.cache.UpdateCacheMiddleware",
            *settings.MIDDLEWARE,
        ]
        assert "A page cache is on" in personalize("doctor")

    def test_a_wrong_setting_is_the_first_finding(self, personalize: Run) -> None:
        with override_settings(SHOP_PERSONALIZE={**GIFTS, "TASKS": "celeri"}):
            assert "'celeri'" in personalize("doctor").splitlines()[0]

    def test_refused_events_are_told_with_their_reasons(self, personalize: Run) -> None:
        QuarantinedEvent.objects.bulk_create(
            QuarantinedEvent(reason="missing_item", received_at=timezone.now())
            for _ in range(3)
        )
        text = personalize("doctor")
        assert "3 events were refused: missing_item (3)." in text


class TestBackfill:
    def test_it_says_what_became_of_the_lines(
        self, personalize: Run, bought: Order
    ) -> None:
        text = personalize("backfill")
        assert "purchases added" in text
        assert "lines/s" in text
        again = personalize("backfill", json=True)
        assert (again["lines"], again["purchases"], again["known"]) == (1, 0, 1)

    def test_a_dry_run_only_counts(self, personalize: Run, bought: Order) -> None:
        assert personalize("backfill", "--dry-run", json=True)["lines"] == 1
        assert Interaction.objects.count() == 0

    def test_without_orders_it_says_what_to_write(self, personalize: Run) -> None:
        only = {"CATALOG": {"model": "gifts.Product"}}
        with (
            override_settings(SHOP_PERSONALIZE=only),
            pytest.raises(CommandError, match='"ORDERS"'),
        ):
            personalize("backfill")

    def test_a_date_that_is_none(self, personalize: Run) -> None:
        with pytest.raises(CommandError, match="write it as 2026-01-31"):
            personalize("backfill", "--since", "yesterday")


class TestImport:
    def test_a_csv_in_anybodys_words(
        self, personalize: Run, tmp_path: Path, mug: Product
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_text(
            "Invoice;StockCode;Quantity;InvoiceDate;Price;Customer ID\n"
            f"1;{mug.pk};2;2011-12-09 12:50:00;4.50;17850.0\n"
            f"2;{mug.pk};-1;2011-12-09 12:51:00;4.50;17850.0\n"
        )
        options = ("--kind", "purchase", "--column", "user=Customer ID")
        found = personalize("import", path, *options, json=True)
        assert (found["rows"], found["accepted"], found["quarantined"]) == (2, 2, 0)
        rows = Interaction.objects.order_by("kind").values_list(
            "kind", "quantity", "order_id", "visitor__key", "source"
        )
        key = visitor_key("user", "17850")
        assert list(rows) == [
            ("purchase", Decimal(2), "1", key, "import"),
            ("refund", Decimal(1), "2", key, "import"),
        ]
        assert Interaction.objects.first().occurred_at.year == 2011  # type: ignore[union-attr]

    def test_the_same_file_again_adds_nothing_but_equal_rows_are_two(
        self, personalize: Run, tmp_path: Path
    ) -> None:
        path = tmp_path / "views.csv"
        row = "view,1,s1,2026-01-31T10:00:00Z\n"
        path.write_text("event,item_id,session_id,timestamp\n" + row * 2)
        assert personalize("import", path, json=True)["accepted"] == 2
        again = personalize("import", path, json=True)
        assert (again["accepted"], again["duplicates"]) == (0, 2)

    def test_bad_rows_are_counted_with_reasons_and_sink_nothing(
        self, personalize: Run, tmp_path: Path
    ) -> None:
        path = tmp_path / "mixed.csv"
        path.write_text(
            "event,item_id,session_id,timestamp,quantity\n"
            "view,1,s1,2026-01-31,1\n"
            "view,1,,2026-01-31,1\n"
            "view,,s1,2026-01-31,1\n"
            "view,1,s1,31st of May,1\n"
            "view,1,s1,,1\n"
            "stare,1,s1,2026-01-31,1\n"
            "view,1,s1,2026-01-31,many\n"
            "view,1,s1,2026-01-31,1,too,many,cells\n"
        )
        found = personalize("import", path, json=True)
        assert found["accepted"] == 1
        assert found["accepted"] + found["quarantined"] == found["rows"] == 8
        assert found["reasons"] == {
            "missing_visitor": 1,
            "missing_item": 1,
            "bad_time": 1,
            "missing_time": 1,
            "unknown_kind": 1,
            "bad_number": 1,
            "unreadable": 1,
        }
        assert QuarantinedEvent.objects.filter(source="import").count() == 7

    def test_a_dry_run_keeps_nothing(self, personalize: Run, tmp_path: Path) -> None:
        path = tmp_path / "views.csv"
        path.write_text("event,item,visitor,time\nview,1,a,2026-01-31\nview,,a,2026\n")
        found = personalize("import", path, "--dry-run", json=True)
        assert (found["accepted"], found["quarantined"]) == (1, 1)
        assert not Interaction.objects.exists()
        assert not QuarantinedEvent.objects.exists()

    def test_the_export_of_ga4(self, personalize: Run, tmp_path: Path) -> None:
        path = tmp_path / "events.json.gz"
        rows = [
            {"event_name": "page_view", "event_timestamp": "1769853600000000"},
            {
                "event_name": "purchase",
                "event_timestamp": "1769853600000000",
                "user_pseudo_id": "a.b",
                "ecommerce": {"transaction_id": "T1"},
                "event_params": [
                    {"key": "currency", "value": {"string_value": "EUR"}},
                ],
                "items": [
                    {"item_id": "7", "price": 2.5, "quantity": 3},
                    {"item_id": "8", "price": 1.0},
                ],
            },
        ]
        with gzip.open(path, "wt") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
        found = personalize("import", path, json=True)
        assert (found["rows"], found["accepted"]) == (2, 2)
        stored = Interaction.objects.order_by("item_id").values_list(
            "item_id", "quantity", "value", "currency", "order_id"
        )
        assert list(stored) == [
            ("7", Decimal(3), Decimal("2.5"), "EUR", "T1"),
            ("8", Decimal(1), Decimal(1), "EUR", "T1"),
        ]
        assert Visitor.objects.count() == 1

    @pytest.mark.parametrize(
        ("args", "says"),
        [
            (["nothing.csv"], "There is no file"),
            (["--kind", "stare"], "There is no kind of event 'stare'"),
            (["--column", "sku=a"], "write it as item=StockCode"),
        ],
    )
    def test_wrong_options_say_what_to_write(
        self, personalize: Run, tmp_path: Path, args: list[str], says: str
    ) -> None:
        path = tmp_path / "a.csv"
        path.write_text("")
        words = args if args[0].endswith(".csv") else [str(path), *args]
        with pytest.raises(CommandError, match=says):
            personalize("import", *words)


class TestExport:
    def test_a_spreadsheet_finds_no_formula_and_a_shop_finds_its_rows(
        self, personalize: Run, tmp_path: Path
    ) -> None:
        visitor = Visitor.objects.create(key="v" * 43)
        Interaction.objects.bulk_create(
            [
                interaction(visitor, item_id='=HYPERLINK("x")'),
                interaction(
                    visitor, kind="search", context={"query": "+cmd|' /C calc"}
                ),
            ]
        )
        path = tmp_path / "out.csv"
        assert personalize("export", path, json=True)["interactions"] == 2
        text = path.read_text()
        assert "'=HYPERLINK" in text
        assert "'+cmd" in text
        assert text.splitlines()[0].startswith("event_id,kind,item_id,visitor_key,")

    def test_what_was_exported_can_be_imported(
        self, personalize: Run, tmp_path: Path
    ) -> None:
        visitor = Visitor.objects.create(key="v" * 43, kind="user")
        Interaction.objects.bulk_create([interaction(visitor, at=n) for n in range(3)])
        path = tmp_path / "out.jsonl"
        personalize("export", path)
        before = list(Interaction.objects.values_list("event_id", "visitor__key"))
        assert personalize("import", path, json=True)["duplicates"] == 3
        Interaction.objects.all().delete()
        assert personalize("import", path, json=True)["accepted"] == 3
        after = list(Interaction.objects.values_list("event_id", "visitor__key"))
        assert sorted(after) == sorted(before)

    def test_kinds_dates_and_the_erased(self, personalize: Run, tmp_path: Path) -> None:
        visitor = Visitor.objects.create(key="v" * 43)
        gone = Visitor.objects.create(key="g" * 43, is_erased=True)
        Interaction.objects.bulk_create(
            [
                interaction(visitor, kind="view"),
                interaction(visitor, kind="wishlist"),
                interaction(gone, kind="view"),
                interaction(visitor, kind="view", days=9),
            ]
        )
        path = tmp_path / "out.csv"
        since = (timezone.now() - timedelta(days=3)).date()
        options = ("--kind", "view", "--since", since)
        assert personalize("export", path, *options, json=True)["interactions"] == 1

    def test_a_file_is_not_replaced_unasked(
        self, personalize: Run, tmp_path: Path
    ) -> None:
        path = tmp_path / "out.csv"
        path.write_text("mine")
        with pytest.raises(CommandError, match="--force"):
            personalize("export", path)
        with pytest.raises(CommandError, match=r"\.csv or \.jsonl"):
            personalize("export", tmp_path / "out.xlsx")
        personalize("export", path, "--force")
        assert path.read_text() != "mine"


def interaction(visitor: Visitor, **kwargs: Any) -> Interaction:
    from shop_personalize.capture.event_ids import uuid7

    at = timezone.now() - timedelta(
        days=kwargs.pop("days", 0), minutes=kwargs.pop("at", 0)
    )
    values = {"kind": "view", "item_id": "1", "occurred_at": at, "received_at": at}
    return Interaction(event_id=uuid7(at), visitor=visitor, **{**values, **kwargs})
