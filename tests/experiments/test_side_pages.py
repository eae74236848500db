"""What stands beside the page of one: the permanent experiment, planner, figures."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.admin.charts import sparkline
from shop_personalize.models import Checkpoint
from shop_personalize.registry.pages import pages
from tests.experiments.addresses import url
from tests.experiments.builders import begun, came, counted, simulate
from tests.reading import text, title

pytestmark = pytest.mark.django_db


def test_the_permanent_experiment_stands_above_the_list_and_has_its_page(
    admin: Client, settings: Any
) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "HOLDOUT": 0.5}
    since = (timezone.localdate() - timedelta(days=9)).isoformat()
    Checkpoint.objects.create(name="holdout", state={"share": 0.5, "since": since})
    simulate("holdout", {"held": 0.04, "served": 0.12}, days=10, a_day=200)
    said = re.compile(r"Recommendations earned £[\d,]+ more in 10 days")
    assert said.search(text(admin, url("changelist")))
    page = text(admin, url("holdout"))
    assert said.match(title(page))
    assert "50 % of visitors see no recommendations, to compare with: 2,000" in page
    assert "the same visitors without" in page
    assert '<polygon class="sp-band sp-a"' in page
    assert "<form" not in page.split('id="content-main"')[1]


def test_where_nobody_is_held_out_the_page_says_how(admin: Client) -> None:
    page = text(admin, url("holdout"))
    assert title(page) == "What recommendations earn: not measured"
    assert 'SHOP_PERSONALIZE["HOLDOUT"] = 0.05' in page
    assert "The experiment that never ends" not in text(admin, url("changelist"))


def test_figures_as_csv_are_harmless_to_a_spreadsheet(admin: Client) -> None:
    arms = [{"name": "As it is"}, {"name": "=1+1", "changes": {"limit": 4}}]
    experiment = begun(arms=arms, secondary_metrics=["orders"])
    counted("a", [0.0, 10.0] * 50)
    counted("b", [0.0, 20.0] * 50)
    response = admin.get(url("csv", experiment.pk))
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["role"], row["variant"]) for row in rows] == [
        ("primary", "a"),
        ("primary", "b"),
        ("secondary", "a"),
        ("secondary", "b"),
    ]
    assert (rows[1]["name"], rows[1]["mean"]) == ("'=1+1", "10.0")
    assert float(rows[1]["difference"]) == 5.0
    assert rows[3]["low"] == ""
    assert "no-store" in response.headers["Cache-Control"]


def test_the_planner_answers_in_its_title(admin: Client) -> None:
    assert "there is nothing to plan by" in text(admin, url("planner"))
    came([30.0, 50.0, 0.0, 0.0, 0.0] * 56)
    page = text(admin, url("planner") + "?metric=revenue&change=50")
    assert re.fullmatch(
        r"A change of 50 % takes [\d,]+ visitors, about [\d,]+ \w+", title(page)
    )
    assert "280 visitors came, 10 a day; “Sold per visitor” was £16." in page
    assert "<th>✔ 50 %</th>" in page
    assert "Enter a number." in text(admin, url("planner") + "?change=much")


def test_a_schedule_that_stands_still_is_told(admin: Client) -> None:
    experiment = begun(days_ago=2)
    said = "Running experiments were last looked after:"
    assert f"{said} never." in text(admin, url("change", experiment.pk))
    row = Checkpoint.objects.create(name="every:experiments")
    assert said not in text(admin, url("change", experiment.pk))
    Checkpoint.objects.filter(pk=row.pk).update(
        updated_at=timezone.now() - timedelta(hours=5)
    )
    assert f"{said} 5\xa0hours ago." in text(admin, url("changelist"))


def test_the_overview_is_offered_the_page() -> None:
    (page,) = [each for each in pages() if "experiments_experiment" in each.url]
    assert reverse(page.url) == url("changelist")
    assert page.permission == "shop_personalize_experiments.view_experiment"


def test_a_line_the_size_of_a_word_goes_below_zero_and_shows_where_zero_is() -> None:
    drawn = sparkline("difference", [-1.0, 1.0])
    assert 'points="3,21 93,3"' in drawn
    assert '<line class="sp-grid" x1="0" x2="96" y1="12" y2="12"/>' in drawn
