"""Recommendations for every customer in a file: as each would see them."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop_personalize.attribution import assignment, unsign
from shop_personalize.models import Interaction, Rule, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend import export
from shop_personalize.recommend.histories import histories
from shop_personalize.recommend.history import load_history
from shop_personalize.recommend.service import Wish, compose
from tests.core.recommend import builders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> list[Product]:
    made = builders.products(20)
    ids = builders.id_map(made)
    near = builders.neighbors(
        ids, {product: [*made[at + 1 :], *made[:at]] for at, product in enumerate(made)}
    )
    builders.publish("for_you", ids, near, builders.HISTORY_CONTEXT)
    builders.popular(made, ids)
    return made


@pytest.fixture
def people(made: list[Product]) -> list[Any]:
    """Seven customers, each with another history; the last has none."""
    model = get_user_model()
    people = [model.objects.create_user(f"c{n}") for n in range(7)]
    for at, person in enumerate(people[:-1]):
        key = visitor_key("user", person.pk)
        builders.did(key, "view", made[at], made[at + 3], days_ago=at)
        builders.did(key, "purchase", made[at + 1], days_ago=10 * at, quantity=2)
        builders.did(key, "hide", made[at + 5])
    Visitor.objects.update(kind="user")
    return people


def run(*words: str) -> str:
    out = StringIO()
    call_command("personalize", "export", "recommendations", *words, stdout=out)
    return out.getvalue()


def told(block: str = "home-for-you", **more: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in export.rows(export.Export(block=block, **more)):
        found.setdefault(row["user"], []).append(row["item"])
    return found


def test_histories_in_bulk_are_those_read_one_by_one(people: list[Any]) -> None:
    keys = [visitor_key("user", person.pk) for person in people]
    for key, history in histories(keys).items():
        alone = load_history(key)
        assert history.deeds == alone.deeds
        assert (history.ever, history.kind) == (alone.ever, alone.kind)


def test_everybody_gets_what_a_page_would_show(
    made: list[Product], people: list[Any]
) -> None:
    Rule.objects.create(
        name="Last first", action="pin", items=[str(made[19].pk)], position=2
    )
    made[8].stock = 0
    made[8].save()
    found = told(n=5)
    for person in people:
        alone = compose(
            None, Wish(block="home-for-you", limit=5, user=person, remember=False)
        )
        assert found[str(person.pk)] == [each.item_id for each in alone]
        assert len(alone) == 5


def test_a_batch_costs_the_same_queries_however_many_customers(
    made: list[Product], people: list[Any], reads: Callable[[], Any]
) -> None:
    told()  # the share of what passes is learned
    with reads() as seven:
        told()
    person = get_user_model().objects.create_user("another")
    builders.did(visitor_key("user", person.pk), "view", made[2])
    with reads() as eight:
        told()
    assert len(eight.selects) == len(seven.selects)


def test_rows_carry_reasons_prices_and_tokens(
    made: list[Product], people: list[Any]
) -> None:
    row = next(iter(export.rows(export.Export(block="home-for-you", n=3))))
    assert list(row) != []
    assert set(row) == set(export.COLUMNS)
    assert row["user"] == str(people[0].pk)
    assert row["reason"].startswith("Because you ")
    assert row["url"] == f"/product/{row['item']}/"
    token = unsign(row["rid"])
    assert token is not None
    assert (token.block, token.position, token.item) == ("home-for-you", 1, row["item"])


def test_the_erased_the_held_out_and_the_unsubscribed_are_left_out(
    people: list[Any], settings: Any
) -> None:
    gone = visitor_key("user", people[0].pk)
    Visitor.objects.filter(key=gone).update(is_erased=True)
    refusing = people[1].username
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "HOLDOUT": 0.4,
        "MAIL": {"consent": lambda to: "none" if to.username == refusing else "full"},
    }
    expected = [
        str(person.pk)
        for person in people[2:]
        if not assignment.is_held(visitor_key("user", person.pk), 0.4)
    ]
    assert sorted(told()) == sorted(expected)


def test_only_those_active_lately(people: list[Any]) -> None:
    Interaction.objects.update(received_at=timezone.now())
    since = timezone.now() - timedelta(days=3)
    active = set(
        Interaction.objects.filter(occurred_at__gte=since).values_list(
            "visitor__key", flat=True
        )
    )
    found = told(active_days=3)
    keys = {visitor_key("user", pk) for pk in found}
    assert keys == active


def test_csv_jsonl_and_parquet_say_the_same(
    people: list[Any], made: list[Product], tmp_path: Path
) -> None:
    made[1].name = '=HYPERLINK("http://evil","Mug")'
    made[1].save()
    files = {form: tmp_path / f"found.{form}" for form in ("csv", "jsonl", "parquet")}
    for path in files.values():
        text = run("--block", "home-popular", "--out", str(path), "-n", "4")
        assert "recommendations for 7 of 7 customers" in text
    with files["csv"].open(newline="") as lines:
        table = list(csv.DictReader(lines))
    lines_of = files["jsonl"].read_text().splitlines()
    rows = [json.loads(line) for line in lines_of]
    import pyarrow.parquet as pq

    columns = pq.read_table(files["parquet"]).to_pylist()
    assert len(table) == len(rows) == len(columns) == 28
    for name in ("user", "item", "position"):
        ours = [str(row[name]) for row in rows]
        assert [row[name] for row in table] == ours
        assert [str(row[name]) for row in columns] == ours
    hostile = [row["title"] for row in rows if row["title"].startswith("=")]
    assert len(hostile) > 0
    assert not [row for row in table if row["title"].startswith("=")]
    assert [row for row in table if row["title"].startswith("'=HYPERLINK")]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--out", "x.txt"], "which --format is it"),
        ([], "say where to: --out"),
        (["--out", "x.csv", "-n", "0"], "1 or more"),
        (["--out", "{tmp}/x.csv", "--block", "hom"], "there are: .*home-for-you"),
    ],
)
def test_what_is_wrong_is_said(
    people: list[Any], words: list[str], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*(word.format(tmp=tmp_path) for word in words))
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_when_told_to_and_never_left_half(
    people: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "found.csv"
    path.write_text("mine")
    with pytest.raises(CommandError, match="--force replaces it"):
        run("--out", str(path))
    monkeypatch.setattr(export, "sign", lambda token: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("--out", str(path), "--force")
    assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["found.csv"]
    monkeypatch.undo()
    facts = json.loads(run("--out", str(path), "--force", "--json"))
    assert facts["customers"] == 7
