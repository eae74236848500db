"""A rule is tried before it is saved: what would be shown, and what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from shop_personalize.models import Block, Rule
from tests.core.recommend.merchandise import SETTINGS, cellar, rule

if TYPE_CHECKING:
    from django.test import Client

    from tests.projects.shapes.models import WineProduct

pytestmark = pytest.mark.django_db
HILL = ("brand", "in", ["Hill"])


@pytest.fixture(autouse=True)
def made(settings: Any) -> list[WineProduct]:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    return cellar()


@pytest.fixture
def block() -> Block:
    Block.objects.filter(slug="home-popular").update(limit=4)
    return Block.objects.get(slug="home-popular")


def form(**changed: Any) -> dict[str, Any]:
    return {
        "name": "On trial",
        "is_active": "on",
        "action": "exclude",
        "page": "home",
        "audience": "everyone",
        "position": "1",
        "strength": "0.5",
        "priority": "10",
        "conditions-0-field": "brand",
        "conditions-0-op": "in",
        "conditions-0-text": "Hill",
        **changed,
    }


def tried(client: Client, key: object, data: dict[str, Any]) -> Any:
    url = reverse("admin:shop_personalize_rule_preview", args=[key])
    return client.post(url, data)


def test_a_rule_is_tried_before_it_is_saved(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    response = tried(admin, "new", form(block=str(block.pk)))
    result = response.context["result"]
    titles = [each["title"] for each in result.shown]
    assert titles == ["Wine 1", "Wine 3", "Wine 5", "Wine 7"]
    assert response.context["compared"] == (
        "Added to what is shown now: “Wine 5”, “Wine 7”. "
        "No longer shown: “Wine 2”, “Wine 4”."
    )
    (line,) = result.way[2].lines
    assert (line.link, line.url) == ("On trial", "")
    assert "nothing has been saved" in response.content.decode()
    assert Rule.objects.count() == 0
    assert LogEntry.objects.count() == 0


def test_the_preview_of_a_rule_asks_on_as_anybody(
    admin: Client, block: Block, made: list[WineProduct]
) -> None:
    """The page's own form carries the rule along."""
    data = form(**{"items-add": ["", ""], "items": [str(made[1].pk)]})
    html = tried(admin, "new", data).content.decode()
    kept = f'<input type="hidden" name="items" value="{made[1].pk}">'
    assert kept in html
    again = {**data, "preview-block": str(block.pk), "preview-about": "wine 2"}
    answer = tried(admin, "new", again).context["result"].answer
    assert answer.text == "The rule “On trial” never shows it here."
    assert answer.url == ""


def test_a_saved_rule_is_tried_as_the_form_has_it(admin: Client, block: Block) -> None:
    one = rule("exclude", HILL, name="On trial", slug=block.slug)
    response = tried(admin, one.pk, form(block=str(block.pk), action="include"))
    titles = [each["title"] for each in response.context["result"].shown]
    assert titles == ["Wine 2", "Wine 4", "Wine 6", "Wine 8"]
    assert Rule.objects.get().action == "exclude"
    response = tried(admin, one.pk, form(block=str(block.pk)))
    assert response.context["compared"] == "The list is the same as now."


def test_a_rule_with_errors_is_not_tried(admin: Client) -> None:
    response = tried(admin, "new", form(name=""))
    assert "The form has errors" in response.content.decode()


def test_trying_needs_the_right_to_save_and_a_post(staff: Any, admin: Client) -> None:
    one = rule("exclude", HILL)
    client = staff("view_rule", "view_block")
    assert tried(client, one.pk, form()).status_code == 403
    assert tried(client, "new", form()).status_code == 403
    url = reverse("admin:shop_personalize_rule_preview", args=[one.pk])
    assert admin.get(url).status_code == 405
