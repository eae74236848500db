"""Recommendations in an e-mail: no request, absolute links, styles inline.

Links carry the token of their recommendation, so that a click is counted where it
leads: to the shop's own page, never through a redirect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from shop_personalize.attribution import assignment
from shop_personalize.conf import app_settings
from shop_personalize.models import Visitor
from shop_personalize.models.visitor import visitor_key as key_of
from shop_personalize.recommend.render import NOTHING
from shop_personalize.recommend.service import compose, wish_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.recommend.results import Recommendation, Recommendations
    from shop_personalize.recommend.wish import Wish

HTML, TEXT = "shop_personalize/email.html", "shop_personalize/email.txt"
TOKEN = "sp_rid"  # noqa: S105  the name of a parameter
FULL = "full"
IN_A_ROW = 2
KEY_LENGTH = 43
MOST_HOPS = 8


class Mail(NamedTuple):
    """The block twice; both are "" where nothing may be shown, and then it is false."""

    html: SafeString = NOTHING
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.html)


@dataclass(frozen=True)
class Letter:
    """A recommendation as mail shows it."""

    title: str
    price: str
    reason: str
    url: str
    image: str


def render_to_email(
    to: Any = None,
    *,
    block: str = "home-for-you",
    base_url: str = "",
    n: int | None = None,
    **wish: Any,
) -> Mail:
    """The recommendations for an account, an e-mail address or a visitor's key.

    Nothing for who has not consented in full, was erased, or is held out to measure
    what recommendations earn. ``None`` stands for everyone: nothing is personal then.
    What is hidden, bought or sold out by now stays out as on a page. Further keywords
    are those of ``recommend``, as ``product=`` or ``items=`` the lines of an order.

    Raises ValueError without an address of the shop, LookupError for a block that
    does not exist.
    """
    given = {"limit": n, **wish} if n is not None else wish
    return mail_of(to, wish_of(block=block, **given), base_url)


def mail_of(to: Any, wish: Wish, base_url: str = "") -> Mail:
    base = base_of(base_url)
    if getattr(to, "is_anonymous", False) or to == "":
        to = None
    if to is not None and consent_of(to) != FULL:
        return Mail()
    key = "" if to is None else _key(to)
    if key is None or _is_held_out(key):
        return Mail()
    found = compose(
        None, replace(wish, visitor_key=key, user=None, personal=to is not None)
    )
    return _rendered(found, base) if found else Mail()


def _is_held_out(key: str) -> bool:
    """As on a page, where a developer is never one of them."""
    if not key or settings.DEBUG:
        return False
    return assignment.is_held(key, app_settings.HOLDOUT)


def base_of(given: str = "") -> str:
    """The shop's address as told, as set, or as Django's sites know it."""
    base = given or str(app_settings.MAIL.get("base_url", "")) or _of_sites()
    if not base:
        raise ValueError(
            "links in e-mails need the shop's address: pass base_url=, set "
            'SHOP_PERSONALIZE["MAIL"]["base_url"], or install django.contrib.sites'
        )
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(
            f"base_url={base!r} is no address such as https://shop.example"
        )
    return base


def _of_sites() -> str:
    if not apps.is_installed("django.contrib.sites"):
        return ""
    from django.contrib.sites.models import Site

    return f"https://{Site.objects.get_current().domain}"


def consent_of(to: Any) -> str:
    """What the shop's function says; without one, accounts and buyers have agreed.

    An account's deeds are only known under its key since it consented in full. Of a
    browser nobody knows whether it did, so its key alone is not enough.
    """
    path = app_settings.MAIL.get("consent")
    if path:
        ask = import_string(path) if isinstance(path, str) else path
        return str(ask(to))
    return "none" if _is_key(to) and not _is_buyer(to) else FULL


def _is_key(to: Any) -> bool:
    return isinstance(to, str) and "@" not in to and len(to) == KEY_LENGTH


def _is_buyer(key: str) -> bool:
    known = Visitor.objects.exclude(kind=Visitor.Kind.GUEST)
    return known.filter(key=key).exists()


def _key(to: Any) -> str | None:
    """The key under which it is known by now; ``None`` for who was erased."""
    if _is_key(to):
        key = to
    elif isinstance(to, str) and "@" in to:
        key = key_of("email", to)
    else:
        key = key_of("user", getattr(to, "pk", to))
    rows = Visitor.objects.select_related("merged_into")
    for _ in range(MOST_HOPS):
        row = rows.filter(key=key).first()
        if row is None:
            return str(key)
        if row.is_erased:
            return None
        if row.merged_into is None:
            return str(key)
        key = row.merged_into.key
    return None


def _rendered(found: Recommendations, base: str) -> Mail:
    letters = [_letter(each, base, found) for each in found if each.url]
    context = {
        "recommendations": found,
        "items": letters,
        "rows": list(_rows(letters)),
        "language": get_language() or "",
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    html = render_to_string(HTML, context)
    return Mail(html, render_to_string(TEXT, context).strip() + "\n")


def _letter(each: Recommendation, base: str, found: Recommendations) -> Letter:
    shows_reason = found.show_reason and found.reasons_differ
    return Letter(
        title=" ".join(each.title.split()),
        price=each.price,
        reason=" ".join(each.reason.split()) if shows_reason else "",
        url=with_token(absolute(each.url, base), each.rid),
        image=picture(each.card.image, base),
    )


def absolute(url: str, base: str) -> str:
    """The address of a page; "" for what is none, such as a script."""
    found = urljoin(base, url)
    return found if urlsplit(found).scheme in {"http", "https"} else ""


def with_token(url: str, rid: str) -> str:
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, urlencode({TOKEN: rid})) if each)
    return urlunsplit(parts._replace(query=query))


def picture(url: str, base: str) -> str:
    """Mail programs show no SVG: a letter stands there instead of a broken picture."""
    found = absolute(url, base) if url else ""
    return "" if urlsplit(found).path.lower().endswith(".svg") else found


def _rows(letters: list[Letter]) -> Iterable[list[Letter]]:
    for start in range(0, len(letters), IN_A_ROW):
        yield letters[start : start + IN_A_ROW]
