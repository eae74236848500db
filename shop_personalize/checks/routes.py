"""ROUTES: URL names that exist, kinds of events there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.urls import URLPattern, URLResolver, get_resolver

from shop_personalize.checks.messages import did_you_mean, error
from shop_personalize.conf import EVENT_KINDS, NAME

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def check_routes(given: dict[str, Any]) -> list[CheckMessage]:
    routes = given.get("ROUTES", {})
    if not routes:
        return []
    names = url_names()
    kinds = [*EVENT_KINDS, *given.get("EVENTS", {})]
    found: list[CheckMessage] = []
    for name, group in routes.items():
        if names is not None and name not in names:
            text = f"{NAME}['ROUTES'] names the URL '{name}', which does not exist."
            found.append(error(16, text, did_you_mean(name, names)))
        for rule in group if isinstance(group, list) else [group]:
            found += _rule(name, rule, kinds)
    return found


def _rule(name: str, rule: dict[str, Any], kinds: list[str]) -> Iterator[CheckMessage]:
    where = f"{NAME}['ROUTES']['{name}']"
    kind = rule.get("event")
    if kind not in kinds:
        text = f"{where}: there is no kind of event {kind!r}."
        yield error(10, text, did_you_mean(kind, kinds))
    method = str(rule.get("method", "GET")).upper()
    if method not in METHODS:
        yield error(10, f"{where}: {method!r} is no HTTP method.")
    if kind == "search" and not rule.get("query"):
        yield error(
            10, f"{where}: a search needs its 'query'.", "Such as 'query': 'q'."
        )
    if kind in {"view", "add_to_cart"} and not rule.get("product"):
        text = f"{where}: '{kind}' needs its 'product'."
        yield error(
            10, text, "The name of the URL's argument, such as 'product': 'pk'."
        )


def url_names() -> set[str] | None:
    """Every URL name with its namespaces; ``None`` where the URLs cannot be loaded."""
    try:
        return set(_named(get_resolver().url_patterns, ""))
    except Exception:  # noqa: BLE001  Django's own checks say what is wrong there
        return None


def _named(patterns: Any, prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield prefix + pattern.name
        elif isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _named(pattern.url_patterns, inner)
