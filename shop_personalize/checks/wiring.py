"""What must stand in the project's other settings: middleware, URLs, packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from shop_personalize.checks.messages import warning
from shop_personalize.checks.routes import url_names

OURS = "shop_personalize.middleware.PersonalizeMiddleware"
BEFORE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


def check_wiring(given: dict[str, Any]) -> list[CheckMessage]:
    if given.get("ENABLED", True) is False:
        return []
    return [*_middleware(), *_urls()]


def _middleware() -> Iterator[CheckMessage]:
    chain = list(settings.MIDDLEWARE)
    if OURS not in chain:
        yield warning(
            2,
            "The middleware is missing: no visitor is known and nothing is recorded.",
            f'MIDDLEWARE += ["{OURS}"]',
        )
        return
    for name in BEFORE:
        if name in chain and chain.index(name) > chain.index(OURS):
            yield warning(
                5,
                f"{OURS} stands before {name}: it cannot see who is logged in.",
                "Put it at the end of MIDDLEWARE.",
            )


def _urls() -> Iterator[CheckMessage]:
    names = url_names()
    if names is not None and not any("shop_personalize:" in name for name in names):
        yield warning(
            3,
            "The URLs are not included: browsers cannot report what they show.",
            'path("personalize/", include("shop_personalize.urls"))',
        )
