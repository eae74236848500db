"""Browsers whose arms are known beforehand, and trials for them."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from shop_personalize.attribution import assignment
from shop_personalize.capture.identity import SALT
from shop_personalize.models import Trial
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from collections.abc import Callable

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
HALF = 0.5


def key_of(name: str) -> str:
    return visitor_key("guest", name)


def named(wanted: Callable[[str], bool]) -> str:
    """The name of a browser whose key is such."""
    return next(f"b{n}" for n in count() if wanted(key_of(f"b{n}")))


def held(share: float = HALF) -> str:
    return named(lambda key: assignment.is_held(key, share))


def served(share: float = HALF) -> str:
    return named(lambda key: not assignment.is_held(key, share))


def in_arm(trial: Trial, number: int, *, but: tuple[str, ...] = ()) -> str:
    """A browser that takes part in the trial, in this arm."""

    def fits(key: str) -> bool:
        part = assignment.takes_part(key, trial.salt, trial.share)
        mine = assignment.arm_number(key, trial.salt, trial.arms)
        return part and mine == number and key not in map(key_of, but)

    return named(fits)


def browser(name: str = "", **headers: str) -> Client:
    """A browser that was here before under this name, or a new one."""
    client = Client(headers={"user-agent": BROWSER, **headers})
    if name:
        client.cookies["sp_vid"] = Signer(salt=SALT).sign(name)
    return client


def trial(slug: str = "order", *arms: dict[str, Any], **more: Any) -> Trial:
    """A running trial; arms by their changes, of equal weight, called a, b, …."""
    given = [
        {"key": "abcdef"[at], "weight": 1 / len(arms), "changes": changes}
        for at, changes in enumerate(arms)
    ]
    facts = {
        "block": "home-for-you",
        "salt": f"salt of {slug}",
        "arms": given,
        "is_running": True,
        "started_at": timezone.now(),
    }
    return Trial.objects.create(slug=slug, **{**facts, **more})


def shown(page: Any) -> list[str]:
    """The titles on a page, in order."""
    text = page if isinstance(page, str) else page.content.decode()
    return re.findall(r'<span class="sp-name">([^<]*)</span>', text)


def rids(page: Any) -> list[str]:
    """Tokens of the products on a page."""
    return re.findall(r'<li[^>]*data-sp-rid="([^"]+)"', page.content.decode())
