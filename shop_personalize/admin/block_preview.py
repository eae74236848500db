"""A block as one visitor would see it on one page, with the reasons behind it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.block_account import accounts_of
from shop_personalize.admin.names import name_of
from shop_personalize.admin.numbers import duration, number
from shop_personalize.admin.preview_way import BY_RULE, Stage, Who, way_of
from shop_personalize.admin.preview_why import Answer, answer
from shop_personalize.admin.schedule import state_of
from shop_personalize.models import Block, Recommender, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Preview:
    """What came out, how, and at what cost."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    way: list[Stage] = field(default_factory=list)
    answer: Answer | None = None
    verdict: str = ""
    is_short: bool = False
    queries: str = ""
    took: str = ""
    history: str = ""
    error: str = ""


class _Counter:
    count = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.count += 1
        return execute(*args)


@contextmanager
def _counted() -> Iterator[_Counter]:
    counter = _Counter()
    with connection.execute_wrapper(counter):
        yield counter


def preview(
    request: HttpRequest,
    block: Block,
    asked: dict[str, Any],
    *,
    draft: Rule | None = None,
) -> Preview:
    """Ask the service the shop's pages ask; a fault is shown instead of hidden.

    ``draft`` is a rule on trial, which is not saved.
    """
    from shop_personalize.recommend.scope import ATTRIBUTE
    from shop_personalize.recommend.service import Wish, compose

    # What was read for the list as it is now must not answer for the draft.
    vars(request).pop(ATTRIBUTE, None)
    wish = Wish(
        block=block.slug,
        visitor_key=asked["visitor"],
        personal=asked["visitor"] is not None,
        product=asked["product"] or None,
        basket=asked["basket"] or None,
        page="" if block.page == Block.Page.ANY else block.page,
        minimum=0,
        remember=False,
        trace=True,
        about=asked["about"],
    )
    started = time.perf_counter()
    try:
        with _counted() as counter:
            found = compose(request, wish)
    except Exception as error:  # noqa: BLE001  the preview is where faults are looked for
        return Preview(error=f"{type(error).__name__}: {error}")
    took = time.perf_counter() - started
    trace = _marked(found.trace or {}, draft)
    who = {r.slug: Who(name_of(r), _page_of(r)) for r in Recommender.objects.all()}
    who[BY_RULE] = Who(_("a rule"))
    names = {slug: one.name for slug, one in who.items()}
    told = accounts_of(trace)
    return Preview(
        shown=[_shown(each, names) | told.get(each.item_id, {}) for each in found],
        way=way_of(trace, who),
        answer=answer(asked["about"], block, trace, names) if asked["about"] else None,
        verdict=_verdict(block, found),
        is_short=len(found) < block.minimum or state_of(block).code != "active",
        queries=_counted_words(counter.count),
        took=duration(took),
        history=_history_words(trace.get("history", 0)),
    )


def _marked(trace: dict[str, Any], draft: Rule | None) -> dict[str, Any]:
    for rule in trace.get("rules", []):
        rule["is_draft"] = draft is not None and rule["id"] == draft.pk
    return trace


def _counted_words(count: int) -> str:
    words = ngettext("%(n)s query", "%(n)s queries", count)
    return words % {"n": number(count)}


def _history_words(count: int) -> str:
    words = ngettext(
        "%(n)s thing in this visitor's history",
        "%(n)s things in this visitor's history",
        count,
    )
    return words % {"n": number(count)}


def _shown(each: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "position": each.position,
        "title": each.title,
        "item": each.item_id,
        "url": each.url,
        "image": each.card.image,
        "price": each.price,
        "reason": each.reason,
        "recommender": names.get(each.recommender, each.recommender),
        "rank": each.candidate.rank + 1,
        "score": number(each.score, 4),
        "is_backup": each.is_backup,
    }


def _page_of(recommender: Recommender) -> str:
    name = "admin:shop_personalize_recommender_change"
    return reverse(name, args=[recommender.pk])


def compare(now: Preview | None, then: Preview | None) -> str:
    """What would be shown that is not shown now, and the other way round."""
    if now is None or then is None or now.error or then.error:
        return ""
    before, after = ([(e["item"], e["title"]) for e in p.shown] for p in (now, then))
    come = [title for item, title in after if (item, title) not in before]
    gone = [title for item, title in before if (item, title) not in after]
    if not come and not gone:
        if before == after:
            return _("The list is the same as now.")
        return _("The same products as now, in another order.")
    words = {"come": _quoted(come), "gone": _quoted(gone)}
    if not gone:
        return _("Added to what is shown now: %(come)s.") % words
    if not come:
        return _("No longer shown: %(gone)s.") % words
    return _("Added to what is shown now: %(come)s. No longer shown: %(gone)s.") % words


def _quoted(names: list[str]) -> str:
    return ", ".join(_("“%(title)s”") % {"title": name} for name in names)


def _verdict(block: Block, found: Any) -> str:
    words = {"n": number(len(found)), "minimum": number(block.minimum)}
    state = state_of(block)
    if state.code == "off":
        return _("The block is switched off: shoppers see nothing of it.")
    if state.code != "active":
        told = _("The block is not shown now (%(state)s): shoppers see nothing of it.")
        return told % {"state": state.text}
    if found.trace is None:
        told = _("This is not the occasion of the block, which is shown: %(when)s.")
        return told % {"when": block.get_shown_when_display()}
    if not found:
        return _("Nothing can be shown here: the block is left out of the page.")
    if len(found) < block.minimum:
        short = _("Only %(n)s of at least %(minimum)s found: the block is left out.")
        return short % words
    if found.backup:
        return _("The first choice has nothing to say here; the next one steps in.")
    return ngettext(
        "%(n)s product is shown.", "%(n)s products are shown.", len(found)
    ) % (words)


def tag_of(block: Block) -> SafeString:
    """What a template needs to show the block."""
    return format_html("<code>{}</code>", f'{{% recommendations "{block.slug}" %}}')
