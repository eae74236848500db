"""Why a product is not shown: a plain answer, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import number
from shop_personalize.admin.preview_way import PUT_ASIDE, rule_of, rule_url
from shop_personalize.admin.products import titles
from shop_personalize.models import Block, Recommender

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_BLOCK = {"bought", "in the basket", "another category", "too far in price"}
"""Reasons that a setting of the block is behind."""


@dataclass(frozen=True)
class Answer:
    """What became of the product, and the next step with its address."""

    title: str
    text: str
    step: str = ""
    url: str = ""
    is_shown: bool = False


def answer(
    item: str, block: Block, trace: dict[str, Any], names: Mapping[str, str]
) -> Answer:
    """What the trace says of the product; ``trace`` is empty where no list was made."""
    title = titles([item]).get(item, item)
    entry = next((e for e in trace.get("candidates", []) if e["item"] == item), None)
    why = trace.get("left_out", {}).get(item) or trace.get("put_aside", {}).get(
        item, ""
    )
    if entry and entry["position"]:
        return _shown(title, entry, names)
    if why:
        return _put_aside(title, item, why, block, trace)
    if entry:
        return _too_late(title, item, block, trace)
    if not trace:
        text = _("The whole block is not shown here.")
        return Answer(title, text, _("See the block"), _block_url(block))
    return _unknown(title, item, block, trace)


def _shown(title: str, entry: dict[str, Any], names: Mapping[str, str]) -> Answer:
    words = {
        "place": number(entry["position"]),
        "recommender": names.get(entry["recommender"], entry["recommender"]),
    }
    text = _("It is shown, at place %(place)s; proposed by: %(recommender)s.") % words
    return Answer(title, text, is_shown=True)


def _put_aside(
    title: str, item: str, why: str, block: Block, trace: dict[str, Any]
) -> Answer:
    rule = rule_of(why, trace)
    if rule is not None:
        told = {"rule": rule["name"]}
        text = (
            _("The rule “%(rule)s” never shows it here.") % told
            if rule["action"] == "exclude"
            else _("The rule “%(rule)s” shows only others here.") % told
        )
        return Answer(title, text, _("See the rule"), rule_url(rule))
    text = _("It was left out: %(why)s.") % {"why": PUT_ASIDE.get(why, why)}
    if why == "not for sale now":
        return Answer(title, text, _("See the product"), product_url(item))
    if why in BY_BLOCK:
        return Answer(
            title, text, _("Change what the block leaves out"), _block_url(block)
        )
    return Answer(title, text)


def _too_late(title: str, item: str, block: Block, trace: dict[str, Any]) -> Answer:
    """It had a place, behind those that are shown."""
    left = [each["item"] for each in trace["candidates"] if not each["put_aside"]]
    shown = sum(1 for each in trace["candidates"] if each["position"])
    text = _(
        "It was found and may be shown, but %(shown)s others rank before it: "
        "it was proposed as number %(place)s of %(of)s."
    )
    words = {
        "shown": number(shown),
        "place": number(left.index(item) + 1),
        "of": number(len(left)),
    }
    url = _new_rule(block, item, "boost")
    return Answer(title, text % words, _("Show it earlier by a rule"), url)


def _unknown(title: str, item: str, block: Block, trace: dict[str, Any]) -> Answer:
    """Nobody proposed it: not in any model, or none sees a tie to this visitor."""
    chain = [step["recommender"] for step in trace["chain"]]
    recommenders = Recommender.objects.filter(
        slug__in=chain, live_version__isnull=False
    )
    found = list(recommenders.select_related("live_version"))
    if not found:
        text = _("No recommender of this block is trained yet.")
        url = reverse("admin:shop_personalize_recommender_changelist")
        return Answer(title, text, _("See the recommenders"), url)
    if any(_knows(each, item) for each in found):
        text = _(
            "The recommenders know it, but none sees a tie between it and this visitor "
            "or this page."
        )
        url = _new_rule(block, item, "pin")
        return Answer(title, text, _("Give it a place by a rule"), url)
    text = _(
        "No recommender knows it yet: it came after the last training, or too few "
        "people dealt with it."
    )
    url = reverse("admin:shop_personalize_recommender_change", args=[found[0].pk])
    return Answer(title, text, _("See the recommender"), url)


def _knows(recommender: Recommender, item: str) -> bool:
    from shop_personalize import artifacts

    artifact = artifacts.live(recommender)
    return artifact is not None and bool(artifact.ids.codes([item])[0] >= 0)


def _block_url(block: Block) -> str:
    return reverse("admin:shop_personalize_block_change", args=[block.pk])


def _new_rule(block: Block, item: str, action: str) -> str:
    given = urlencode({"action": action, "items": item, "block": block.pk})
    return f"{reverse('admin:shop_personalize_rule_add')}?{given}"


def product_url(item: str) -> str:
    """Where the shop's own admin changes the product; "" if it does not."""
    from shop_personalize.catalog import get_catalog

    model = getattr(get_catalog(), "model", None)
    if model is None:
        return ""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    try:
        return reverse(name, args=[item])
    except NoReverseMatch:
        return ""
