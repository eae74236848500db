"""What recommendations earned, said so that nobody needs to know statistics."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop_personalize.admin import earnings, gain, health
from shop_personalize.admin.next_step import next_step
from shop_personalize.attribution.uplift import State, Uplift
from shop_personalize.registry.pages import Page

READY = Uplift(
    State.READY,
    share=0.05,
    first=date(2026, 3, 1),
    last=date(2026, 3, 28),
    currency="GBP",
    total=1240.0,
    low=900.0,
    high=1580.0,
    per_visitor=0.42,
    served=2952,
    held=155,
    held_buyers=31,
)


def like(**changes: Any) -> Uplift:
    return Uplift(**{**vars(READY), **changes})


def plain(text: str) -> str:
    return text.replace("\N{WORD JOINER}", "")


def test_a_clear_gain_is_the_title_with_its_interval() -> None:
    assert gain.headline(READY) == (
        "Recommendations earned £1,240 more in 28 days (£900 to £1,580)"
    )
    said = gain.told(READY)
    assert said.is_known
    assert plain(said.figure) == "+£1,240"
    assert plain(said.interval) == "with 95 % certainty between +£900 and +£1,580"
    assert plain(said.about) == (
        "5 % of visitors see no recommendations, to compare with: 155 in this time. "
        "The others spent £0.42 more each, times 2,952 visitors."
    )
    assert said.warning == ""


def test_a_loss_is_said_as_plainly_and_comes_with_what_to_do() -> None:
    loss = {"total": -300.0, "low": -500.0, "high": -100.0}
    worse = like(**loss)
    assert gain.headline(worse) == (
        "With recommendations £300 less was sold in 28 days (£100 to £500)"
    )
    assert plain(gain.told(worse).figure) == "−£300"
    assert "spent £0.10 less each" in gain.told(like(**loss, per_visitor=-0.1)).about
    led = SimpleNamespace(now=SimpleNamespace(seen=9))
    known: Any = SimpleNamespace(last=date(2026, 3, 28))
    step = next_step(led, [], known, worse)  # type: ignore[arg-type]
    assert step is not None
    assert step.link == "See all blocks"


def test_an_interval_with_nothing_in_it_gives_no_figure() -> None:
    unsure = like(total=100.0, low=-50.0, high=250.0)
    said = gain.told(unsure)
    assert (said.figure, said.is_known) == ("not certain yet", False)
    assert plain(gain.headline(unsure)) == (
        "What recommendations earned in 28 days is not certain yet: "
        "between −£50 and +£250"
    )


def test_too_early_says_what_is_missing() -> None:
    early = like(state=State.TOO_EARLY, held=40, held_buyers=3)
    assert gain.headline(early) == ""
    said = gain.told(early)
    assert said.figure == "too early to say"
    assert "3 of them bought; with 20, and a week gone by, the figure comes." in (
        said.about
    )


def test_without_a_holdout_it_says_how_to_have_one() -> None:
    said = gain.told(Uplift(State.NOTHING_MEASURED))
    assert said.figure == "not measured"
    assert "“HOLDOUT”: 0.05" in said.about
    begun = gain.told(Uplift(State.NOTHING_MEASURED, share=0.05))
    assert begun.about == "5 % of visitors see no recommendations, to compare with."


def test_uneven_groups_are_warned_of() -> None:
    assert gain.told(like(balance_p=0.0005)).warning.startswith("The two groups")
    assert gain.told(like(balance_p=0.002)).warning == ""


def test_what_can_be_trained_comes_before_what_a_slice_advises() -> None:
    led: Any = SimpleNamespace(now=SimpleNamespace(seen=9))
    known: Any = SimpleNamespace(last=date(2026, 3, 28))
    ready = SimpleNamespace(
        state="partial", share=1.0, title="Viewed together", missing="", products=0
    )
    done = SimpleNamespace(state="ready", share=1.0, title="", missing="", products=7)
    page = Page(
        url="admin:shop_personalize_overview", title="Try", about="", advice="Try it."
    )
    first = next_step(led, [ready, done], known, READY, [page])
    assert first is not None
    assert first.is_action
    assert first.text == (
        "There is enough data for 1 recommender that is not trained yet: "
        "Viewed together."
    )
    last = next_step(led, [done], known, READY, [page])
    assert last is not None
    assert (last.text, last.link) == ("Try it.", "Try")


@pytest.mark.django_db
def test_the_page_begins_with_it_and_leads_to_the_slices(admin: Client) -> None:
    html = admin.get(reverse("admin:shop_personalize_overview")).content.decode()
    assert html.index("Earned by recommendations") < html.index("Next step")
    for name in ("Experiments", "Reports"):
        assert f">{name}</a>" in html.split("Look closer")[1]
    assert earnings.DAYS == 28
    assert health.measure().last is None
