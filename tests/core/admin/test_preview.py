"""A block, seen as anyone, with the reasons, the cost, and nothing saved."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from shop_personalize.admin.preview_form import PreviewForm, find_visitor
from shop_personalize.ml.knowledge import Mixture
from shop_personalize.models import Block, BlockDay, Interaction, Recommender, Visitor
from shop_personalize.models.visitor import visitor_key
from tests.core.recommend import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewed(shop: SimpleNamespace) -> Block:
    """A block that needs no training: what the visitor viewed."""
    Recommender.objects.update(live_version=None)
    return Block.objects.get(slug="recently-viewed")


def preview(client: Client, block: Block, **asked: str) -> Any:
    url = reverse("admin:shop_personalize_block_preview", args=[block.pk])
    return client.get(url, {f"preview-{name}": value for name, value in asked.items()})


def test_a_customer_sees_what_they_viewed(admin: Client, viewed: Block) -> None:
    response = preview(admin, viewed, visitor="ann")
    result = response.context["result"]
    assert [each["title"] for each in result.shown] == ["Mug 3", "Mug 2", "Mug 1"]
    assert {each["recommender"] for each in result.shown} == {"Recently viewed"}
    assert {each["reason"] for each in result.shown} == {"You viewed this"}
    assert result.verdict == "3 products are shown."
    assert result.queries == "3 queries"
    assert result.history == "3 things in this visitor's history"


def test_a_new_visitor_sees_nothing_and_is_told_so(
    admin: Client, viewed: Block
) -> None:
    result = preview(admin, viewed).context["result"]
    assert result.shown == []
    assert result.verdict.startswith("Nothing can be shown here")
    assert result.is_short


def test_too_few_are_shown_to_staff_and_said_to_be_left_out(
    admin: Client, viewed: Block
) -> None:
    Block.objects.filter(pk=viewed.pk).update(minimum=5)
    result = preview(admin, viewed, visitor="ann").context["result"]
    assert len(result.shown) == 3
    assert result.verdict == "Only 3 of at least 5 found: the block is left out."


def test_what_is_left_out_is_named_with_the_reason(
    admin: Client, viewed: Block, shop: SimpleNamespace
) -> None:
    pk = str(shop.products[0].pk)
    result = preview(admin, viewed, visitor="ann", product=pk).context["result"]
    assert [each["title"] for each in result.shown] == ["Mug 3", "Mug 2"]
    told = [(line.text, line.products) for line in result.way[1].lines]
    assert told == [("1 not asked for: the page's own product", ["Mug 1"])]


def test_a_block_switched_off_says_so(admin: Client, viewed: Block) -> None:
    Block.objects.filter(pk=viewed.pk).update(is_active=False)
    result = preview(admin, viewed, visitor="ann").context["result"]
    assert result.verdict == "The block is switched off: shoppers see nothing of it."


def test_a_fault_is_shown_to_staff(
    admin: Client, viewed: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("no such table")

    service = importlib.import_module("shop_personalize.recommend.service")
    monkeypatch.setattr(service, "compose", broken)
    assert "RuntimeError: no such table" in preview(admin, viewed).content.decode()


def test_what_is_unknown_is_said_at_the_field(admin: Client, viewed: Block) -> None:
    response = preview(admin, viewed, visitor="nobody", product="99", basket="98, 97")
    assert response.context["form"].errors == {
        "visitor": ["There is no such customer or visitor."],
        "product": ["The shop has no product “99”."],
        "basket": ["The shop has no product 98, 97."],
    }
    assert response.context["result"] is None


def test_a_visitor_is_found_by_name_or_by_the_start_of_a_key(
    shop: SimpleNamespace,
) -> None:
    assert find_visitor("ann") == visitor_key("user", shop.customer.pk)
    assert find_visitor("guestg") == shop.guest.key
    with pytest.raises(ValidationError):
        find_visitor("gue")
    Visitor.objects.create(key="guestother" + "x" * 33)
    with pytest.raises(ValidationError, match="Several visitors"):
        find_visitor("guest")


def test_looking_writes_nothing(admin: Client, viewed: Block) -> None:
    before = (Interaction.objects.count(), BlockDay.objects.count())
    preview(admin, viewed, visitor="ann")
    assert (Interaction.objects.count(), BlockDay.objects.count()) == before


def form_of(block: Block, **changed: Any) -> dict[str, Any]:
    steps = list(block.steps.all())
    form = {
        "title": block.title,
        "slug": block.slug,
        "page": block.page,
        "is_active": "on",
        "shown_when": "always",
        "limit": "8",
        "minimum": "1",
        "diversity": "0",
        "calibration": "0",
        "damping": "0",
        "exploration": "0",
        "revenue": "0",
        "margin": "0",
        "freshness": "0",
        "clearance": "0",
        "stock": "0",
        "rotation": "0",
        "position": "0",
        "steps-TOTAL_FORMS": str(len(steps)),
        "steps-INITIAL_FORMS": str(len(steps)),
    }
    for at, step in enumerate(steps):
        form[f"steps-{at}-id"] = str(step.pk)
        form[f"steps-{at}-block"] = str(block.pk)
        form[f"steps-{at}-recommender"] = str(step.recommender_id)
        form[f"steps-{at}-position"] = str(at)
    return {**form, **changed}


def test_a_form_is_previewed_before_it_is_saved(admin: Client, viewed: Block) -> None:
    url = reverse("admin:shop_personalize_block_preview", args=[viewed.pk])
    form = form_of(viewed, limit="2", title="Seen")
    response = admin.post(url, {**form, "preview-visitor": "ann"})
    titles = [each["title"] for each in response.context["result"].shown]
    assert titles == ["Mug 3", "Mug 2"]
    assert "nothing has been saved" in response.content.decode()
    assert '<input type="hidden" name="limit" value="2">' in response.content.decode()
    saved = Block.objects.get(pk=viewed.pk)
    assert (saved.limit, saved.title) == (8, "Recently viewed")


def test_a_block_not_yet_made_is_previewed_too(admin: Client, viewed: Block) -> None:
    form = form_of(viewed, slug="brand-new")
    form |= {"steps-INITIAL_FORMS": "0", "steps-0-id": "", "steps-0-block": ""}
    url = reverse("admin:shop_personalize_block_preview", args=["new"])
    response = admin.post(url, {**form, "preview-visitor": "ann"})
    assert len(response.context["result"].shown) == 3
    assert not Block.objects.filter(slug="brand-new").exists()


def test_a_form_with_errors_is_not_previewed(admin: Client, viewed: Block) -> None:
    url = reverse("admin:shop_personalize_block_preview", args=[viewed.pk])
    response = admin.post(url, form_of(viewed, limit="many"))
    assert "The form has errors" in response.content.decode()


def test_everything_may_be_left_empty() -> None:
    form = PreviewForm({})
    assert form.is_valid()
    asked = {"visitor": None, "product": "", "basket": [], "about": ""}
    assert form.cleaned_data == asked


def test_staff_read_where_a_score_comes_from_and_what_was_moved(admin: Client) -> None:
    made = builders.products(9)
    ids = builders.id_map(made)
    near = {made[0]: [made[5], made[7]], made[1]: [made[6], made[5]]}
    known = builders.neighbors(ids, near)
    builders.publish("for_you", ids, known, builders.HISTORY_CONTEXT)
    builders.did("someone", "view", made[1])
    builders.did("someone", "purchase", made[0])
    Block.objects.filter(slug="home-for-you").update(per_category=1)
    block = Block.objects.get(slug="home-for-you")
    response = preview(admin, block, visitor="someone")
    shown = {each["title"]: each for each in response.context["result"].shown}
    assert shown["Gift 6"]["sources"] == [("86 %", "Gift 1"), ("14 %", "Gift 2")]
    assert (shown["Gift 6"]["exact"], shown["Gift 6"]["people"]) == (True, "9")
    assert shown["Gift 8"]["moves"] == [
        "at most so many of one category: from place 2 to 3"
    ]
    text = response.content.decode()
    assert "The score comes from" in text
    assert "Behind it: at least 9 visitors." in text


def test_the_shares_of_a_score_are_told_to_the_last_percent(admin: Client) -> None:
    made = builders.products(20)
    ids = builders.id_map(made)
    known = builders.neighbors(ids, {each: [made[19]] for each in made[:16]})
    builders.publish("for_you", ids, known, builders.HISTORY_CONTEXT)
    builders.did("someone", "view", *made[:16])
    block = Block.objects.get(slug="home-for-you")
    result = preview(admin, block, visitor="someone").context["result"]
    shares = [share for share, _ in result.shown[0]["sources"]]
    assert shares == ["6.2 %"] * 5 + ["69 %"]
    assert result.shown[0]["sources"][-1][1] == "others"


def test_a_product_explored_is_no_backup(admin: Client) -> None:
    made = builders.products(9)
    ids = builders.id_map(made)
    builders.popular(made[:8], ids)
    late = builders.ranking(ids, made[8:])
    builders.publish("new", ids, late, builders.NO_CONTEXT)
    Block.objects.filter(slug="home-popular").update(exploration=1.0, limit=3)
    block = Block.objects.get(slug="home-popular")
    result = preview(admin, block).context["result"]
    asked = [(line.link, line.text) for line in result.way[0].lines]
    assert asked == [
        ("Best sellers v1", "8 proposed, 2 shown"),
        ("New arrivals v1", "1 proposed, 1 shown · for the places of the new"),
    ]
    assert {each["is_backup"] for each in result.shown} == {False}


def test_parts_of_a_mixture_are_told_by_name(admin: Client) -> None:
    made = builders.products(9)
    ids = builders.id_map(made)
    known = Mixture(
        {
            "walk": builders.neighbors(ids, {made[0]: [made[5]]}),
            "popular": builders.ranking(ids, [made[5], made[6]]),
        }
    )
    parts = [
        {"name": "walk", "weight": 3.0, "config": builders.HISTORY_CONTEXT},
        {"name": "popular", "weight": 1.0, "config": builders.NO_CONTEXT},
    ]
    builders.publish("for_you", ids, known, {"context": "history", "parts": parts})
    builders.did("someone", "view", made[0])
    block = Block.objects.get(slug="home-for-you")
    result = preview(admin, block, visitor="someone").context["result"]
    first = result.shown[0]
    assert first["title"] == "Gift 6"
    assert first["recommenders"] == [("75 %", "Graph walk"), ("25 %", "Best sellers")]
    assert first["sources"] == [
        ("75 %", "Gift 1"),
        ("25 %", "the shop's list, the same for everyone"),
    ]
