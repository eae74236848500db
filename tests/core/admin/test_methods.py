"""What was tried and what was taken, in a shop's words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop_personalize.admin import methods
from shop_personalize.admin.metrics import rows, span
from shop_personalize.models import ModelVersion, Recommender

pytestmark = pytest.mark.django_db

TABLE = [
    {
        "protocol": "new",
        "method": "walk",
        "params": {},
        "score": 0.1,
        "low": 0.09,
        "high": 0.11,
        "confirmed": 0.101,
        "seconds": 1.5,
        "chosen": False,
        "note": "",
    },
    {
        "protocol": "new",
        "method": "blend",
        "params": {"trees": 50},
        "score": 0.12,
        "low": 0.11,
        "high": 0.13,
        "confirmed": 0.121,
        "seconds": 30.0,
        "chosen": True,
        "note": "",
    },
    {
        "protocol": "new",
        "method": "ease",
        "params": {},
        "seconds": 0.0,
        "chosen": False,
        "note": "not tried: it would have taken too long",
    },
    {
        "protocol": "new",
        "method": "popularity",
        "params": {},
        "score": 0.05,
        "low": 0.04,
        "high": 0.06,
        "chosen": False,
    },
]
TUNED = {
    "params": {"method": "blend", "trees": 50},
    "method": "blend",
    "seconds": 48.0,
    "table": TABLE,
}


@pytest.fixture
def version(shop: SimpleNamespace) -> ModelVersion:
    found: ModelVersion = shop.live
    found.params = TUNED["params"]
    found.metrics = {
        "ndcg@10": 0.15,
        "facts": {
            "cases": 1278,
            "protocol": "new",
            "sure": {"ndcg@10": [0.14, 0.16], "gain": [0.41, 0.62]},
            "methods": [TABLE[1], TABLE[0], TABLE[3], TABLE[2]],
        },
    }
    found.save()
    Recommender.objects.filter(pk=found.recommender_id).update(tuned=TUNED)
    return ModelVersion.objects.get(pk=found.pk)


def page(admin: Client, name: str, pk: int) -> str:
    url = reverse(f"admin:shop_personalize_{name}_change", args=[pk])
    return admin.get(url).content.decode()


def test_the_version_says_what_suits_best(admin: Client, version: Any) -> None:
    assert methods.suits(version) == (
        "Learned blend suits this shop best: 50 % better than best sellers (41–62 %)"
    )
    html = page(admin, "modelversion", version.pk)
    assert "Learned blend suits this shop best" in html
    assert "✔ Learned blend" in html
    assert "Learned blend was taken" in html
    assert "0.140–0.160" in html
    assert "Product weights (EASE): not tried: it would have taken too long" in html


def test_without_rivals_nothing_is_said(version: ModelVersion) -> None:
    version.metrics["facts"]["methods"] = [TABLE[1], TABLE[3]]
    assert methods.suits(version) == ""
    del version.metrics["facts"]
    assert methods.suits(version) == ""
    assert methods.compared(version) is None
    assert span(version) == ""


def test_below_best_sellers_is_said_too(version: ModelVersion) -> None:
    version.metrics["ndcg@10"] = 0.08
    assert methods.suits(version) == (
        "Learned blend suits this shop best, yet 20 % below best sellers"
    )


def test_facts_are_no_measures(version: ModelVersion) -> None:
    assert [(row.name, row.between) for row in rows(version)] == [
        ("ndcg@10", "0.140–0.160")
    ]


def test_a_lift_is_not_so_many_percent_better(version: ModelVersion) -> None:
    version.metrics = {"popularity_lift@10": -0.18, "popularity@10": 0.04}
    version.baseline = {"popularity_lift@10": 1.06, "popularity@10": 0.1}
    found = {row.name: row.verdict for row in rows(version)}
    assert found == {"popularity@10": "▲ −60 %", "popularity_lift@10": ""}


def test_the_recommender_shows_every_trial(admin: Client, version: Any) -> None:
    html = page(admin, "recommender", version.recommender_id)
    assert "2 trials in 48 s. Learned blend with its own numbers did best." in html
    assert "trees = 50" in html
    assert "not tried: it would have taken too long" in html
    ((asked, made),) = methods.trials(version.recommender)
    assert asked == "Products the customer had not bought before"
    assert [(t.method, t.score, t.between, t.confirmed, t.chosen) for t in made] == [
        ("Graph walk", "0.100", "0.090–0.110", "0.101", False),
        ("Learned blend", "0.120", "0.110–0.130", "0.121", True),
        ("Product weights (EASE)", "–", "", "", False),
        ("Best sellers", "0.050", "0.040–0.060", "", False),
    ]


@pytest.mark.parametrize(
    ("tuned", "words"),
    [
        (
            {**TUNED, "params": {}, "method": "walk"},
            "Nothing beat Graph walk as it is by more than chance.",
        ),
        ({**TUNED, "params": {}, "kept": True}, "so the default stays."),
        ({"params": {}, "table": [{"params": {}, "score": 0.1}]}, ""),
        ({}, ""),
    ],
    ids=["default", "kept", "of an older release", "never"],
)
def test_the_outcome_of_a_search_is_a_sentence(
    version: ModelVersion, tuned: dict[str, Any], words: str
) -> None:
    version.recommender.tuned = tuned
    said = methods.search_of(version.recommender)
    assert said.endswith(words)
    assert bool(said) is bool(words)
    methods.trials(version.recommender)
    methods.searched(version.recommender)


def test_a_method_without_words_keeps_its_name(version: ModelVersion) -> None:
    recommender = version.recommender
    assert methods.title_of("deep_thought", recommender) == "Deep thought"
    recommender.algorithm = "also_bought"
    assert methods.title_of("default", recommender) == "Customers also bought"
