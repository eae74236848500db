from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from rest_framework.request import Request

from shop_personalize.api import throttles
from shop_personalize.models import Interaction

VIEW = {"event": "view", "product": "1"}


def having(**own: Any) -> Any:
    return override_settings(SHOP_PERSONALIZE={**settings.SHOP_PERSONALIZE, **own})


@pytest.mark.django_db
def test_the_limit_is_exact(send: Any) -> None:
    with having(RATE_LIMIT="5/hour", REDIS_URL=None):
        codes = [send(VIEW).status_code for _n in range(8)]
    assert codes == [202] * 5 + [429] * 3
    assert Interaction.objects.count() == 5


@pytest.mark.django_db
def test_a_made_up_header_does_not_make_a_new_client(send: Any) -> None:
    with having(RATE_LIMIT="5/hour", REDIS_URL=None):
        codes = [
            send(VIEW, headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code
            for n in range(8)
        ]
    assert codes == [202] * 5 + [429] * 3


def test_sixteen_threads_get_no_more_than_the_limit() -> None:
    counter = throttles.Counter()
    allowed: list[bool] = []
    with having(REDIS_URL=None):
        workers = [
            threading.Thread(
                target=lambda: allowed.extend(
                    counter.count("a", 60) <= 100 for _n in range(50)
                )
            )
            for _worker in range(16)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert (len(allowed), sum(allowed)) == (800, 100)


def address(proxies: int, forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory().post("/", REMOTE_ADDR="10.1.1.1", headers=headers)
    with having(TRUSTED_PROXIES=proxies):
        return throttles.client_address(Request(request))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.1.1.1"),
        (0, "6.6.6.6", "10.1.1.1"),
        (1, "6.6.6.6, 2.2.2.2", "2.2.2.2"),
        (2, "6.6.6.6, 2.2.2.2, 10.0.0.9", "2.2.2.2"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(
    proxies: int, forwarded: str | None, expected: str
) -> None:
    assert address(proxies, forwarded) == expected


@pytest.mark.parametrize(
    ("proxies", "forwarded"), [(1, None), (2, "2.2.2.2"), (1, "unknown"), (1, "")]
)
def test_an_ambiguous_address_is_refused(proxies: int, forwarded: str | None) -> None:
    with pytest.raises(throttles.AmbiguousAddressError):
        address(proxies, forwarded)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"origin": "http://testserver"}, 202),
        ({"origin": "https://friend.example"}, 202),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://testserver:443"}, 202),
        ({"origin": "http://testserver:8000"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 202),
    ],
)
def test_only_pages_of_the_shop_may_post(
    send: Any, headers: dict[str, str], status: int
) -> None:
    with having(ORIGINS=["https://friend.example"]):
        assert send(VIEW, headers=headers).status_code == status
    assert Interaction.objects.count() == (status == 202)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("600/min", (600, 60)), ("5/hour", (5, 3600)), ("", (0, 1)), ("fast", (0, 1))],
)
def test_rates_are_read(text: str, rate: tuple[int, int]) -> None:
    assert throttles.parse_rate(text) == rate
