"""The form of a block: sliders that say what they do, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from shop_personalize.admin import block_form
from shop_personalize.admin.block_form import FACT_NAMES, OBJECTIVES
from shop_personalize.models import Block
from shop_personalize.recommend import config
from shop_personalize.registry.pressure import Pressure
from tests.core.recommend.merchandise import SETTINGS

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def form(client: Client, **fields: Any) -> Any:
    Block.objects.filter(slug="home-popular").update(**fields)
    block = Block.objects.get(slug="home-popular")
    url = reverse("admin:shop_personalize_block_change", args=[block.pk])
    return client.get(url)


def test_a_slider_has_its_number_beside_it(admin: Client) -> None:
    html = form(admin, diversity=0.35).content.decode()
    slider = (
        '<input type="range" name="diversity" value="0.35" min="0" max="1" step="0.01"'
    )
    assert slider in html
    assert '<output for="id_diversity">35 %</output>' in html


def test_a_value_between_two_steps_is_not_moved_by_the_slider(admin: Client) -> None:
    html = form(admin, diversity=0.333).content.decode()
    assert 'name="diversity" value="0.333" min="0" max="1" step="any"' in html


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, "100 %"),
        ({"revenue": 1.0}, "50 %"),
        ({"revenue": 0.5, "margin": 0.5, "freshness": 1.0}, "33 %"),
    ],
)
def test_relevance_is_what_the_objectives_leave(
    admin: Client, fields: dict[str, float], left: str
) -> None:
    html = form(admin, **fields).content.decode()
    sliders = "id_revenue id_margin id_freshness id_clearance id_stock"
    assert f'data-sp-rest="{sliders}">{left}</output>' in html


def test_every_objective_has_its_slider_and_its_facts_their_names() -> None:
    assert set(OBJECTIVES) == set(config.OBJECTIVES)
    assert set(FACT_NAMES) == {f for fs in config.OBJECTIVES.values() for f in fs}


def test_a_slider_that_lacks_its_facts_says_so(admin: Client, settings: Any) -> None:
    fields = form(admin).context["adminform"].form.fields
    assert fields["margin"].help_text == (
        "Does nothing yet: the catalog knows no cost. "
        "Name it in SHOP_PERSONALIZE['CATALOG']['cost']."
    )
    assert fields["revenue"].help_text == "How much what brings in more money counts."
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    fields = form(admin).context["adminform"].form.fields
    assert fields["margin"].help_text.startswith("How much what earns more counts")


def test_the_stock_slider_says_who_is_missing(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_form, "pressure", Pressure())
    help_text = form(admin).context["adminform"].form.fields["stock"].help_text
    assert help_text.endswith("Put shop_personalize.supply into INSTALLED_APPS.")
    told = Pressure()
    told.offer(dict)
    monkeypatch.setattr(block_form, "pressure", told)
    help_text = form(admin).context["adminform"].form.fields["stock"].help_text
    assert help_text == "How much what runs out is spared and what must go pushed."


def test_a_block_cannot_end_before_it_begins(admin: Client) -> None:
    response = form(admin)
    initial = response.context["adminform"].form.initial
    data = {k: v for k, v in initial.items() if v is not None and v is not False}
    data |= {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    data |= {"starts_at_0": "2026-12-02", "starts_at_1": "00:00"}
    data |= {"ends_at_0": "2026-12-01", "ends_at_1": "00:00"}
    answer = admin.post(response.request["PATH_INFO"], data)
    errors = answer.context["adminform"].form.errors
    assert errors == {"ends_at": ["It must end after it begins."]}


def test_the_list_says_when_a_block_is_shown(admin: Client) -> None:
    form(admin, is_active=False)
    html = admin.get(reverse("admin:shop_personalize_block_changelist"))
    assert '<span class="sp-state sp-state-off">off</span>' in html.content.decode()
