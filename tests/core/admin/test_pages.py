"""Every page opens, with data and without, and carries no inline script or style."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

LISTS = (
    "shop_personalize_overview",
    "shop_personalize_blockday_changelist",
    "shop_personalize_block_changelist",
    "shop_personalize_block_add",
    "shop_personalize_recommender_changelist",
    "shop_personalize_recommender_add",
    "shop_personalize_trainingjob_changelist",
    "shop_personalize_modelversion_changelist",
    "shop_personalize_interaction_changelist",
    "shop_personalize_interaction_tail",
    "shop_personalize_interaction_rows",
    "shop_personalize_interaction_health",
    "shop_personalize_quarantinedevent_changelist",
    "shop_personalize_visitor_changelist",
)
ROWS = (
    ("block_change", "block"),
    ("block_preview", "block"),
    ("recommender_change", "recommender"),
    ("trainingjob_change", "job"),
    ("trainingjob_live", "job"),
    ("modelversion_change", "live"),
    ("modelversion_change", "new"),
    ("modelversion_publish", "new"),
    ("modelversion_rollback", "live"),
    ("interaction_change", "interaction"),
    ("quarantinedevent_change", "refused"),
    ("visitor_change", "visitor"),
)


def own_part(html: str) -> str:
    """The content, without what Django's own base template brings."""
    return html.partition('id="content"')[2]


@pytest.mark.parametrize("name", LISTS)
def test_a_page_opens_without_any_data(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"admin:{name}")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_page_opens_with_data(
    admin: Client, shop: SimpleNamespace, name: str
) -> None:
    response = admin.get(reverse(f"admin:{name}"))
    assert response.status_code == 200
    assert not re.search(
        r"\sstyle=|\son\w+=|<script>", own_part(response.content.decode())
    )


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_the_page_of_a_row_opens(
    admin: Client, shop: SimpleNamespace, name: str, row: str
) -> None:
    url = reverse(f"admin:shop_personalize_{name}", args=[getattr(shop, row).pk])
    response = admin.get(url)
    assert response.status_code == 200
    assert not re.search(
        r"\sstyle=|\son\w+=|<script>", own_part(response.content.decode())
    )


def test_the_app_index_leads_to_the_overview(admin: Client) -> None:
    html = admin.get("/admin/shop_personalize/").content.decode()
    assert reverse("admin:shop_personalize_overview") in html
    assert "What visitors do now" in html


def test_what_a_row_does_not_have_is_a_404_or_a_way_back(admin: Client) -> None:
    live = reverse("admin:shop_personalize_trainingjob_live", args=[99])
    assert admin.get(live).status_code == 404
    change = reverse("admin:shop_personalize_trainingjob_change", args=[99])
    assert admin.get(change).status_code == 302


def test_text_from_outside_is_escaped(admin: Client, shop: SimpleNamespace) -> None:
    url = reverse("admin:shop_personalize_trainingjob_change", args=[shop.job.pk])
    html = admin.get(url).content.decode()
    assert "&lt;b&gt;counting&lt;/b&gt;" in html
    assert "<b>counting</b>" not in html


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("recommender_changelist", 10),
        ("block_changelist", 6),
        ("modelversion_changelist", 5),
        ("trainingjob_changelist", 6),
        ("interaction_changelist", 5),
        ("visitor_changelist", 4),
        ("quarantinedevent_changelist", 6),
    ],
)
def test_a_list_asks_the_same_few_questions_however_long_it_is(
    admin: Client,
    shop: SimpleNamespace,
    name: str,
    queries: int,
    django_assert_num_queries: object,
) -> None:
    url = reverse(f"admin:shop_personalize_{name}")
    admin.get(url)
    with django_assert_num_queries(queries):  # type: ignore[operator]
        assert admin.get(url).status_code == 200
