"""The one thing that helps most now, told on the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import number
from shop_personalize.attribution.uplift import State, Uplift
from shop_personalize.registry.pages import Page, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from shop_personalize.admin.earnings import Earnings
    from shop_personalize.admin.health import Health


@dataclass(frozen=True)
class Step:
    """What to do next: a sentence, and a command or a link."""

    text: str
    command: str = ""
    url: str = ""
    link: str = ""
    is_action: bool = False
    """Whether the link does something, so must be posted."""


def next_step(
    led: Earnings,
    ready: list[Any],
    state: Health,
    more: Uplift | None = None,
    offered: list[Page] | None = None,
) -> Step | None:
    """Nothing is known, nothing trained, nothing shown, it does harm, more to come."""
    if state.last is None:
        return Step(
            _("Nothing is known yet. Learn from the orders the shop already has:"),
            command="python manage.py personalize setup",
        )
    if ready and not any(each.products for each in ready):
        return Step(
            _("There is data, and nothing has been trained. Train all recommenders:"),
            url=reverse("admin:shop_personalize_train_all"),
            link=_("Train everything now"),
            is_action=True,
        )
    if not led.now.seen:
        return Step(
            _("Recommendations are ready. Put a block into a template of the shop:"),
            command="{% load personalize %}{% recommendations %}",
        )
    if more is not None and more.state == State.READY and more.high < 0:
        return Step(
            _(
                "Visitors without recommendations spend more. Switch off the blocks "
                "that lead to few sales, and see whether it gets better."
            ),
            url=reverse("admin:shop_personalize_block_changelist"),
            link=_("See all blocks"),
        )
    return _untrained(ready) or _unready(ready) or _advised(offered or [])


def _untrained(ready: list[Any]) -> Step | None:
    waiting = [each for each in ready if each.state == "partial" and each.share >= 1]
    if not waiting:
        return None
    words = {"n": number(len(waiting)), "what": waiting[0].title}
    enough = ngettext(
        "There is enough data for %(n)s recommender that is not trained yet: %(what)s.",
        "There is enough data for %(n)s recommenders that are not trained yet, "
        "such as %(what)s.",
        len(waiting),
    )
    return Step(
        enough % words,
        url=reverse("admin:shop_personalize_train_all"),
        link=_("Train everything now"),
        is_action=True,
    )


def _unready(ready: list[Any]) -> Step | None:
    waiting = [each for each in ready if each.state == "partial"]
    if not waiting:
        return None
    nearest = max(waiting, key=lambda each: each.share)
    words = {"what": nearest.title, "missing": nearest.missing}
    return Step(
        _("Next to come: %(what)s; missing: %(missing)s.") % words,
        url=reverse("admin:shop_personalize_recommender_changelist"),
        link=_("See all recommenders"),
    )


def _advised(offered: list[Page]) -> Step | None:
    """What a slice advises where everything else is done."""
    page = next((each for each in offered if each.advice), None)
    if page is None:
        return None
    return Step(str(page.advice), url=reverse(page.url), link=str(page.title))


def offered_pages(request: HttpRequest) -> list[Page]:
    """Pages of slices that this person may see and this admin has."""
    return list(_reachable(request))


def _reachable(request: HttpRequest) -> Iterator[Page]:
    for page in pages():
        if page.permission and not request.user.has_perm(page.permission):
            continue
        try:
            reverse(page.url)
        except NoReverseMatch:
            continue
        yield page
