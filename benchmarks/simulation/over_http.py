"""With browsers: pages, cookies, posted events, logins and orders, all through HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.test import Client

from benchmarks.simulation.people import Browser, Shown
from benchmarks.simulation.shop import PASSWORD, START, Clock, item_id

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FIRST_CARD = re.compile(
    r'<li class="sp-card" data-sp-item="(\d+)" data-sp-rid="([^"]+)"'
)


class OverHttp:
    """A client for each browser, told apart by its cookies and its address."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clients: dict[tuple[int, int], Client] = {}
        self.current: Browser | None = None
        self.requests = 0

    def open(self, browser: Browser, item: int | None, at: int) -> Shown | None:
        path = "/" if item is None else f"/product/{item_id(item)}/"
        page = self._send(browser, "get", path, at).content.decode()
        found = FIRST_CARD.search(page)
        return Shown(int(found[1]) - 1, found[2]) if found else None

    def saw(self, browser: Browser, shown: Shown, at: int) -> None:
        self._post(browser, "rec_view", shown, at)

    def click(self, browser: Browser, shown: Shown, at: int) -> None:
        self._post(browser, "click", shown, at)

    def order(self, browser: Browser, items: list[int], at: int) -> None:
        for n, item in enumerate(items):
            path = f"/basket/add/{item_id(item)}/"
            self._send(browser, "post", path, at - 5 + n, {"quantity": 1})
        self._send(browser, "post", "/checkout/", at, {})

    def log_in(self, browser: Browser, at: int) -> None:
        who = {"username": f"u{browser.person}", "password": PASSWORD}
        self._send(browser, "post", "/login/", at, who)
        browser.account = browser.person

    def _post(self, browser: Browser, kind: str, shown: Shown, at: int) -> None:
        moment = (START + timedelta(seconds=at)).isoformat()
        event = {"event": kind, "product": item_id(shown.item), "rid": shown.rid}
        body = {"events": [{**event, "at": moment}]}
        json = {"content_type": "application/json"}
        self._send(browser, "post", "/personalize/events/", at, body, **json)

    def _send(
        self, browser: Browser, method: str, path: str, at: int, *body: Any, **how: Any
    ) -> Any:
        self.clock.set(at)
        self.current = browser
        self.requests += 1
        answer = getattr(self._client(browser), method)(path, *body, **how)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status_code}")
        return answer

    def _client(self, browser: Browser) -> Client:
        key = (browser.person, browser.device)
        if key not in self.clients:
            agent = ROBOT if browser.is_bot else CHROME
            address = (
                f"10.{browser.device}.{browser.person // 250}.{browser.person % 250}"
            )
            self.clients[key] = Client(
                headers={"user-agent": agent}, REMOTE_ADDR=address
            )
        return self.clients[key]

    def _next_id(self) -> Any:
        assert self.current is not None
        return SimpleNamespace(hex=self.current.next_id())


def ids_by_lot(ways: OverHttp) -> Any:
    """New browsers get ids that the same lot would give them again."""
    return mock.patch("shop_personalize.capture.identity.uuid4", ways._next_id)
