"""A block as one visitor would see it on one page, with the reasons behind it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.block_account import accounts_of
from shop_personalize.admin.names import name_of
from shop_personalize.admin.numbers import NOTHING, duration, number
from shop_personalize.admin.products import stored, titles
from shop_personalize.admin.visitors import keys_of_user
from shop_personalize.models import Block, Interaction, Recommender, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest
    from django.utils.safestring import SafeString

SHORTEST_KEY = 4
OFFERED = 20
RECENT = 400
"""The last interactions from which visitors and products are offered."""

PUT_ASIDE = {
    "already on the page": gettext_lazy("already on the page"),
    "bought": gettext_lazy("bought before"),
    "in the basket": gettext_lazy("in the basket"),
    "what the page is about": gettext_lazy("what the page is about"),
    "hidden by the visitor": gettext_lazy("hidden by the visitor"),
    "the page's own product": gettext_lazy("the page's own product"),
    "not for sale now": gettext_lazy("not for sale now"),
    "another category": gettext_lazy("another category"),
}


class PreviewForm(forms.Form):
    """Who looks at which page; everything may be left empty."""

    prefix = "preview"
    visitor = forms.CharField(
        label=gettext_lazy("as visitor"),
        required=False,
        help_text=gettext_lazy(
            "A customer's user name or the start of a visitor's key; "
            "empty: a new visitor."
        ),
    )
    product = forms.CharField(
        label=gettext_lazy("on the page of product"),
        required=False,
        help_text=gettext_lazy("The product's id."),
    )
    basket = forms.CharField(
        label=gettext_lazy("with this basket"),
        required=False,
        help_text=gettext_lazy("Ids of products, separated by commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("visitor", "product"):
            self.fields[name].widget.attrs["list"] = f"sp-{name}s"
        for one in self.fields.values():
            one.widget.attrs["class"] = "vTextField"

    def clean_visitor(self) -> str | None:
        text = self.cleaned_data["visitor"].strip()
        return find_visitor(text) if text else None

    def clean_product(self) -> str:
        return _known([self.cleaned_data["product"].strip()])[0]

    def clean_basket(self) -> list[str]:
        ids = [each.strip() for each in self.cleaned_data["basket"].split(",")]
        return _known(ids) if any(ids) else []


def find_visitor(text: str) -> str:
    """The key behind a user name, an e-mail address or the start of a key."""
    keys = keys_of_user(text)
    if keys:
        known = Visitor.objects.filter(key__in=keys).values_list("key", flat=True)
        return known.first() or keys[0]
    found: list[str] = []
    if len(text) >= SHORTEST_KEY:
        starting = Visitor.objects.filter(key__startswith=text)
        found = list(starting.values_list("key", flat=True)[:2])
    if not found:
        raise ValidationError(_("There is no such customer or visitor."))
    if len(found) > 1:
        raise ValidationError(
            _("Several visitors start like this; type more of the key.")
        )
    return found[0]


def _known(ids: Iterable[str]) -> list[str]:
    wanted = [each for each in ids if each]
    known = stored(wanted)
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise ValidationError(
            _("The shop has no product %(ids)s.") % {"ids": ", ".join(unknown)}
        )
    return wanted or [""]


@dataclass(frozen=True)
class Preview:
    """What came out, how, and at what cost."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    chain: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
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


def preview(request: HttpRequest, block: Block, asked: dict[str, Any]) -> Preview:
    """Ask the service the shop's pages ask; a fault is shown instead of hidden."""
    from shop_personalize.recommend.service import Wish, compose

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
    )
    started = time.perf_counter()
    try:
        with _counted() as counter:
            found = compose(request, wish)
    except Exception as error:  # noqa: BLE001  the preview is where faults are looked for
        return Preview(error=f"{type(error).__name__}: {error}")
    took = time.perf_counter() - started
    trace = found.trace or {}
    names = {r.slug: name_of(r) for r in Recommender.objects.all()}
    told = accounts_of(trace)
    return Preview(
        shown=[_shown(each, names) | told.get(each.item_id, {}) for each in found],
        chain=_chain(trace, list(found), names),
        left_out=_left_out(trace),
        verdict=_verdict(block, found),
        is_short=len(found) < block.minimum or not block.is_active,
        queries=ngettext("%(n)s query", "%(n)s queries", counter.count)
        % {"n": number(counter.count)},
        took=duration(took),
        history=ngettext(
            "%(n)s thing in this visitor's history",
            "%(n)s things in this visitor's history",
            trace.get("history", 0),
        )
        % {"n": number(trace.get("history", 0))},
    )


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


def _chain(
    trace: dict[str, Any], found: list[Any], names: dict[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "recommender": names.get(step["recommender"], step["recommender"]),
            "version": f"v{step['version']}" if step["version"] else NOTHING,
            "candidates": number(step["candidates"]),
            "role": "" if not at else _role(step),
            "shown": number(
                sum(1 for each in found if each.recommender == step["recommender"])
            ),
        }
        for at, step in enumerate(trace.get("chain", []))
    ]


def _role(step: dict[str, Any]) -> str:
    return _("for the places of the new") if step["explores"] else _("backup")


def _left_out(trace: dict[str, Any]) -> list[tuple[str, str]]:
    """Products the rules or the live catalog kept out, with the reason."""
    why = dict(trace.get("left_out", {}))
    why |= {
        c["item"]: c["put_aside"] for c in trace.get("candidates", []) if c["put_aside"]
    }
    first = list(why.items())[:OFFERED]
    known = titles(item for item, _why in first)
    return [
        (f"{known.get(item, '')} {item}".strip(), str(PUT_ASIDE.get(text, text)))
        for item, text in first
    ]


def _verdict(block: Block, found: Any) -> str:
    words = {"n": number(len(found)), "minimum": number(block.minimum)}
    if not block.is_active:
        return _("The block is switched off: shoppers see nothing of it.")
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


def offers() -> dict[str, list[tuple[str, str]]]:
    """Visitors and products of the last interactions, to choose from."""
    last = Interaction.objects.filter(flag="").order_by("-id")
    rows = last.values_list("visitor__key", "visitor__kind", "item_id")[:RECENT]
    visitors = {key: kind for key, kind, _item in rows}
    items = list(dict.fromkeys(item for _key, _kind, item in rows if item))[:OFFERED]
    known = titles(items)
    return {
        "visitors": [
            (key[:12], str(Visitor.Kind(kind).label))
            for key, kind in list(visitors.items())[:OFFERED]
        ],
        "products": [(item, known.get(item, "")) for item in items],
    }


def tag_of(block: Block) -> SafeString:
    """What a template needs to show the block."""
    return format_html("<code>{}</code>", f'{{% recommendations "{block.slug}" %}}')
