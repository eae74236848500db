"""The list of rules: their order, what each does, and switching them on and off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.admin.rule_order import last_priority, move
from shop_personalize.admin.schedule import state_of
from shop_personalize.models import Block, Rule

pytestmark = pytest.mark.django_db
LIST = "admin:shop_personalize_rule_changelist"


def rule(name: str, action: str = "boost", **fields: Any) -> Rule:
    given = {"conditions": [{"field": "price", "op": "lt", "value": 5}], **fields}
    return Rule.objects.create(name=name, action=action, **given)


def order() -> list[str]:
    return list(Rule.objects.order_by("priority", "pk").values_list("name", flat=True))


def to(way: str, one: Rule) -> str:
    return reverse(f"admin:shop_personalize_rule_{way}", args=[one.pk])


def test_rules_stand_in_the_order_in_which_they_are_heard(admin: Client) -> None:
    rule("second", priority=20)
    rule("first", priority=10)
    rule("third", priority=20)
    html = admin.get(reverse(LIST)).content.decode()
    assert html.index(">first</a>") < html.index(">second</a>") < html.index(">third")
    assert "<b>1</b>" in html
    assert "<b>3</b>" in html


def test_without_rules_the_page_says_what_one_could_do(admin: Client) -> None:
    html = admin.get(reverse(LIST)).content.decode()
    assert "No rules yet" in html
    rule("a", "bury")
    html = admin.get(reverse(LIST), {"action__exact": "pin"}).content.decode()
    assert "No rules yet" not in html


def test_a_rule_keeps_its_place_where_the_list_is_filtered(admin: Client) -> None:
    rule("first", priority=10)
    rule("second", "bury", priority=20)
    html = admin.get(reverse(LIST), {"action__exact": "bury"}).content.decode()
    assert ">first</a>" not in html
    assert "<b>2</b>" in html


def test_a_rule_is_moved_and_it_is_written_down(admin: Client, boss: Any) -> None:
    rule("a", priority=100)
    rule("b", priority=100)
    last = rule("c", priority=100)
    response = admin.post(to("up", last), follow=True)
    assert order() == ["a", "c", "b"]
    told = "Moved up to place 2, before “b”."
    assert [str(m) for m in response.context["messages"]] == [f"c: {told}"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (boss, str(last.pk))
    assert entry.change_message == told
    admin.post(to("down", last))
    assert order() == ["a", "b", "c"]


def test_the_first_cannot_go_up_nor_the_last_down(admin: Client) -> None:
    first, last = rule("a", priority=10), rule("b", priority=20)
    admin.post(to("up", first))
    admin.post(to("down", last))
    assert order() == ["a", "b"]
    assert LogEntry.objects.count() == 0
    html = admin.get(reverse(LIST)).content.decode()
    assert html.count(" disabled>") == 2


def test_rules_shown_only_together_stay_together_when_another_moves() -> None:
    """Of several “show only” those of the same precedence are heard together."""
    rule("one", "include", priority=50)
    rule("two", "include", priority=50)
    other = rule("other", priority=90)
    assert move(other, "up") == (2, Rule.objects.get(name="two"))
    assert order() == ["one", "other", "two"]
    move(other, "up")
    assert order() == ["other", "one", "two"]
    priorities = dict(Rule.objects.values_list("name", "priority"))
    assert priorities["other"] < priorities["one"] < priorities["two"]
    Rule.objects.update(priority=50)
    third = rule("third", "exclude", priority=60)
    rule("fourth", "exclude", priority=70)
    move(third, "down")
    priorities = dict(Rule.objects.values_list("name", "priority"))
    assert priorities["one"] == priorities["two"]


def test_moving_needs_the_right_and_a_post(staff: Any, admin: Client) -> None:
    one, two = rule("a", priority=10), rule("b", priority=20)
    client = staff("view_rule")
    assert client.post(to("up", two)).status_code == 403
    assert admin.get(to("up", two)).status_code == 405
    assert order() == ["a", "b"]
    html = client.get(reverse(LIST)).content.decode()
    assert "formaction" not in html
    assert one.name in html


def test_a_new_rule_comes_last(admin: Client) -> None:
    assert last_priority() == 10
    rule("a", priority=200)
    form = admin.get(reverse("admin:shop_personalize_rule_add")).context["adminform"]
    assert form.form.initial["priority"] == 210


def test_rules_are_switched_on_and_off_and_only_changes_are_noted(
    admin: Client,
) -> None:
    on, off = rule("on"), rule("off", is_active=False)
    asked = {"_selected_action": [on.pk, off.pk]}
    response = admin.post(reverse(LIST), {"action": "activate", **asked}, follow=True)
    assert [str(m) for m in response.context["messages"]] == ["1 rule is on."]
    assert set(Rule.objects.values_list("is_active", flat=True)) == {True}
    assert LogEntry.objects.get().change_message == "Switched on."
    response = admin.post(reverse(LIST), {"action": "deactivate", **asked}, follow=True)
    assert [str(m) for m in response.context["messages"]] == ["2 rules are off."]
    assert set(Rule.objects.values_list("is_active", flat=True)) == {False}
    assert LogEntry.objects.filter(change_message="Switched off.").count() == 2


@pytest.mark.parametrize("action", ["activate", "deactivate"])
def test_switching_needs_the_right(staff: Any, action: str) -> None:
    one = rule("a", is_active=action == "deactivate")
    client = staff("view_rule", "add_rule")
    asked = {"action": action, "_selected_action": [one.pk]}
    assert client.post(reverse(LIST), asked).status_code == 403
    assert Rule.objects.get().is_active == one.is_active


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({}, "active", "active now"),
        ({"is_active": False}, "off", "off"),
        ({"ends_at": NOW}, "over", "over since Nov. 30, 2026"),
        ({"starts_at": NOW + timedelta(hours=2)}, "waiting", "from 2 p.m."),
        ({"starts_at": NOW + timedelta(days=2)}, "waiting", "from Wednesday"),
        ({"starts_at": NOW + timedelta(days=9)}, "waiting", "from Dec. 9, 2026"),
        ({"ends_at": NOW + timedelta(days=4)}, "active", "active until Friday"),
        (
            {"starts_at": NOW, "ends_at": NOW + timedelta(minutes=30)},
            "active",
            "active until 12:30 p.m.",
        ),
    ],
)
def test_whether_it_holds_is_said_in_words(
    fields: dict[str, Any], code: str, text: str
) -> None:
    found = state_of(Rule(**fields), NOW)
    assert (found.code, found.text) == (code, text)


@pytest.mark.parametrize("state", ["active", "waiting", "over", "off"])
def test_the_filter_and_the_words_agree(admin: Client, state: str) -> None:
    now = timezone.now()
    held: tuple[dict[str, Any], ...] = (
        {},
        {"is_active": False},
        {"is_active": False, "ends_at": now - timedelta(days=1)},
        {"ends_at": now - timedelta(days=1)},
        {"starts_at": now - timedelta(days=2), "ends_at": now + timedelta(days=1)},
        {"starts_at": now + timedelta(days=1)},
    )
    for number, fields in enumerate(held):
        rule(f"{number}", **fields)
    response = admin.get(reverse(LIST), {"state": state})
    found = list(response.context["cl"].result_list)
    wanted = [one for one in Rule.objects.all() if state_of(one).code == state]
    assert found == wanted != []


def test_a_rule_of_a_block_switched_off_is_idle(admin: Client) -> None:
    block = Block.objects.get(slug="home-for-you")
    Block.objects.filter(pk=block.pk).update(is_active=False)
    rule("a", block=block)
    html = admin.get(reverse(LIST)).content.decode()
    assert "idle: its block is switched off" in html


def test_the_list_asks_the_same_few_questions_however_long_it_is(
    admin: Client, django_assert_num_queries: Any
) -> None:
    """Session, user, count, rules twice, their order, the shop's currency."""
    rule("a")
    admin.get(reverse(LIST))
    with django_assert_num_queries(7):
        admin.get(reverse(LIST))
    for name in "bcdefgh":
        rule(name, block=Block.objects.get(slug="home-for-you"))
    with django_assert_num_queries(7):
        admin.get(reverse(LIST))


@pytest.mark.parametrize("name", ["changelist", "add", "change"])
def test_the_pages_of_rules_carry_no_inline_script_or_style(
    admin: Client, name: str
) -> None:
    one = rule("a", items=["1"])
    args = [one.pk] if name == "change" else []
    html = admin.get(reverse(f"admin:shop_personalize_rule_{name}", args=args))
    own = html.content.decode().partition('id="content"')[2]
    assert own
    assert not re.search(r"\sstyle=|\son\w+=|<script>", own)


def test_what_an_owner_calls_a_rule_is_escaped(admin: Client) -> None:
    one = rule("<b>bold</b>", items=["<i>"], conditions=[])
    change = reverse("admin:shop_personalize_rule_change", args=[one.pk])
    for url in (reverse(LIST), change):
        html = admin.get(url).content.decode()
        assert "<b>bold" not in html
        assert "&lt;b&gt;bold" in html
        assert "“&lt;i&gt;”" in html


def test_a_forged_form_moves_nothing(boss: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)
    rule("a", priority=10)
    last = rule("b", priority=20)
    for way in ("up", "preview"):
        assert client.post(to(way, last)).status_code == 403
    assert order() == ["a", "b"]


@pytest.mark.parametrize(
    ("items", "conditions"),
    [
        ([], [{"x": 1}, "nonsense", 5]),
        ([1, 2], [{"field": "price", "op": "lt", "value": "cheap"}]),
        ([], [{"field": "price", "op": "between", "value": [1]}]),
        ([], {"field": "price"}),
        (None, [{"field": "no such", "op": "in", "value": ["a"]}]),
        ([], [{"field": ["price"], "op": {}, "value": []}]),
    ],
)
def test_a_rule_written_past_the_form_breaks_no_page(
    admin: Client, items: Any, conditions: Any
) -> None:
    one = rule("odd", items=items or [], conditions=conditions)
    rule("fine", "bury")
    change = reverse("admin:shop_personalize_rule_change", args=[one.pk])
    block = Block.objects.get(slug="home-for-you").pk
    pages = (
        reverse(LIST),
        change,
        reverse("admin:shop_personalize_block_change", args=[block]),
        reverse("admin:shop_personalize_block_preview", args=[block]),
    )
    for url in pages:
        assert admin.get(url).status_code == 200
