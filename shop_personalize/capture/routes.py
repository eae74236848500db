"""Capture by URL name: ``ROUTES`` says which successful requests are which events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shop_personalize.capture import items, service
from shop_personalize.capture.bots import is_prefetch
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest, HttpResponseBase

    from shop_personalize.capture.identity import Personalize

MAX_QUERY = 200


def capture(state: Personalize, response: HttpResponseBase) -> None:
    """Note what the settings say of this URL, if the request did what it is for."""
    request = state.request
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in app_settings.ROUTES or state.key is None:
        return
    for rule in _rules(match.view_name):
        if _applies(rule, request, response):
            _note(rule, request, state)


def _rules(view_name: str) -> list[Mapping[str, Any]]:
    given: Any = app_settings.ROUTES[view_name]
    return given if isinstance(given, list) else [given]


def _applies(
    rule: Mapping[str, Any], request: HttpRequest, response: HttpResponseBase
) -> bool:
    method = str(rule.get("method", "GET")).upper()
    if request.method != method or is_prefetch(request):
        return False
    if method == "GET":
        return response.status_code in {200, 304} and not _is_return(rule, request)
    return 200 <= response.status_code < 400


def _is_return(rule: Mapping[str, Any], request: HttpRequest) -> bool:
    """Whether the page was reloaded, or shown again after adding to the basket."""
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    if came_from.netloc != request.META.get("HTTP_HOST", came_from.netloc):
        return False
    if rule.get("event") == "search":
        return f"{came_from.path}?{came_from.query}" == request.get_full_path()
    return came_from.path == request.path


def _note(rule: Mapping[str, Any], request: HttpRequest, state: Personalize) -> None:
    if rule["event"] == "purchase" and not rule.get("product"):
        state.places_orders = True
        return
    product = _product(rule, request)
    query = _value(rule.get("query"), request)
    if rule.get("product") and not product:
        return
    if rule.get("query") and not query.strip():
        return
    event = service.draft(
        str(rule["event"]),
        product or None,
        event_id=uuid7(),
        quantity=_value(rule.get("quantity"), request) or 1,
        rid=_rid(request),
        context=_context(query, state) if query else {},
    )
    # The view is over and its transactions with it: there is no commit to wait for.
    state.queue.append(event)


def _context(query: str, state: Personalize) -> dict[str, Any]:
    context: dict[str, Any] = {"query": query.strip()[:MAX_QUERY]}
    if state.results is not None:
        context["results"] = state.results
    return context


def _product(rule: Mapping[str, Any], request: HttpRequest) -> str:
    name = rule.get("product")
    value = _value(name, request)
    field = str(rule.get("lookup") or name or "")
    if value and not items.is_key_field(field):
        return items.by_field(field, value)
    return value


def _value(name: Any, request: HttpRequest) -> str:
    """An argument of the URL, else a field of the form, the query or the JSON body."""
    if not name:
        return ""
    for source in _sources(request):
        value = source.get(name)
        if value not in (None, ""):
            return str(value)
    return ""


def _sources(request: HttpRequest) -> Iterator[Mapping[str, Any]]:
    yield request.resolver_match.kwargs if request.resolver_match else {}
    yield request.POST
    yield request.GET
    yield _json_body(request)


def _json_body(request: HttpRequest) -> Mapping[str, Any]:
    if request.content_type != "application/json" or not hasattr(request, "_body"):
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _rid(request: HttpRequest) -> str:
    """The recommendation this visit came through, as the block's links carry it."""
    rid = request.GET.get("sp_rid", "")
    return rid if len(rid) <= 200 else ""
