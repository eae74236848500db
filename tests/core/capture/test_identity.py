from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.identity import Personalize, personalize_of
from shop_personalize.capture.merging import merge
from shop_personalize.capture.request_end import finish
from shop_personalize.capture.visitors import visitor_ids
from shop_personalize.models import Interaction, OrderVisitor, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.signals import visitor_merged
from tests.core.capture.conftest import BROWSER, EVENTS

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
VIEW = {"event": "view", "product": "1"}
User = get_user_model()


@pytest.fixture
def user() -> Any:
    return User.objects.create_user("ann", password="pw")


@pytest.fixture
def bob() -> Any:
    return User.objects.create_user("bob", password="pw")


def login(client: Client, name: str) -> Any:
    return client.post("/login/", {"username": name, "password": "pw"})


def post(client: Client, event: Any = VIEW, **extra: Any) -> Any:
    response = client.post(EVENTS, event, content_type="application/json", **extra)
    assert response.status_code == 202
    return response


def keys() -> list[str]:
    rows = Interaction.objects.order_by("pk").select_related("visitor")
    return [row.visitor.key for row in rows]


def test_the_cookie_is_signed_first_party_and_lasts(browser: Client) -> None:
    cookie = post(browser).cookies["sp_vid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 180 * 86400
    assert cookie["secure"] == ""
    assert len(cookie.value.partition(":")[0]) == 32


def test_the_cookie_is_secure_on_https(browser: Client) -> None:
    assert post(browser, secure=True).cookies["sp_vid"]["secure"] is True


def test_the_same_browser_is_the_same_visitor(browser: Client) -> None:
    post(browser)
    assert "sp_vid" not in post(browser).cookies
    first, second = keys()
    assert first == second


def test_a_forged_cookie_is_nobody(browser: Client) -> None:
    browser.cookies["sp_vid"] = "0" * 32 + ":forged"
    assert "sp_vid" in post(browser).cookies
    assert keys() != [visitor_key("guest", "0" * 32)]


def test_a_page_where_nothing_is_recorded_sets_no_cookie(browser: Client) -> None:
    browser.cookies["sp_consent"] = "full"
    response = browser.get("/logout/")
    browser.cookies.clear()
    response = browser.get("/product/999/")
    assert "sp_vid" not in response.cookies


def test_the_state_costs_no_query(
    rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    request = rf.get("/", headers={"user-agent": BROWSER})
    with django_assert_num_queries(0):
        state = personalize_of(request)
        assert state.visitor_key
        assert (state.consent, state.is_bot, state.is_new, state.site) == (
            "full",
            False,
            True,
            "",
        )


def respond(request: HttpRequest, **headers: str) -> HttpResponse:
    response = HttpResponse(headers=headers)
    state = personalize_of(request)
    finish(state, response)
    return response


@pytest.mark.parametrize(
    "control", ["public", "public, max-age=60", "s-maxage=5", "max-age=60"]
)
def test_what_caches_share_carries_no_cookie(rf: RequestFactory, control: str) -> None:
    request = rf.get("/", headers={"user-agent": BROWSER})
    assert personalize_of(request).visitor_key
    response = respond(request, **{"Cache-Control": control})
    assert "sp_vid" not in response.cookies


@pytest.mark.parametrize(
    "control", ["", "private, max-age=60", "no-store", "max-age=0"]
)
def test_what_is_the_visitors_own_does(rf: RequestFactory, control: str) -> None:
    request = rf.get("/", headers={"user-agent": BROWSER})
    assert personalize_of(request).visitor_key
    response = respond(request, **({"Cache-Control": control} if control else {}))
    assert "sp_vid" in response.cookies
    assert response["Vary"] == "Cookie"


def test_a_page_that_does_not_look_at_the_visitor_varies_by_nothing(
    rf: RequestFactory,
) -> None:
    response = respond(rf.get("/", headers={"user-agent": BROWSER}))
    assert "Vary" not in response
    assert "sp_vid" not in response.cookies


def test_looking_up_the_account_keeps_the_session_untouched(
    browser: Client, user: Any
) -> None:
    login(browser, "ann")
    session = browser.session
    session.accessed = False
    request = RequestFactory().get("/", headers={"user-agent": BROWSER})
    request.COOKIES.update({k: m.value for k, m in browser.cookies.items()})
    request.session = session
    assert Personalize(request).key == visitor_key("user", user.pk)
    assert session.accessed is False


def test_events_of_an_account_are_the_accounts(browser: Client, user: Any) -> None:
    login(browser, "ann")
    post(browser)
    assert keys() == [visitor_key("user", user.pk)]


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_who_objects_gets_a_cookie_for_this_visit_only(
    browser: Client, user: Any, header: str
) -> None:
    cookie = post(browser, headers={header: "1"}).cookies["sp_vid"]
    assert cookie["max-age"] == ""
    login(browser, "ann")
    post(browser, headers={header: "1"})
    assert visitor_key("user", user.pk) not in keys()


def test_without_consent_nothing_is_stored(browser: Client, product: Product) -> None:
    browser.cookies["sp_consent"] = "none"
    response = post(browser)
    assert response.json() == {
        "accepted": 0,
        "duplicates": 0,
        "quarantined": 1,
        "reasons": {"no_consent": 1},
    }
    assert "sp_vid" not in response.cookies
    assert "sp_vid" not in browser.get(f"/product/{product.pk}/").cookies
    assert Interaction.objects.count() == Visitor.objects.count() == 0


def consent(client: Client, level: Any, **extra: Any) -> Any:
    body = {"consent": level}
    path = "/personalize/me/consent/"
    return client.post(path, body, content_type="application/json", **extra)


def test_the_visitor_chooses(browser: Client) -> None:
    post(browser)
    response = consent(browser, "none")
    assert response.json() == {"consent": "none"}
    assert response.cookies["sp_vid"].value == ""
    assert post(browser).json()["reasons"] == {"no_consent": 1}
    assert consent(browser, "full").status_code == 200
    assert post(browser, headers={"sec-gpc": "1"}).json()["accepted"] == 1


def test_a_choice_that_does_not_exist_is_refused(browser: Client) -> None:
    assert consent(browser, "some").status_code == 400
    assert consent(browser, {"a": 1}).status_code == 400


def strange_consent(request: HttpRequest) -> str:
    return "maybe"


def test_an_answer_the_hook_should_not_give_is_no_consent(rf: RequestFactory) -> None:
    path = "tests.core.capture.test_identity.strange_consent"
    with override_settings(SHOP_PERSONALIZE={"CONSENT": path}):
        state = Personalize(rf.get("/"))
        assert (state.consent, state.visitor_key) == ("none", None)


def merge_signal() -> Any:
    seen: list[Any] = []

    def receiver(**kwargs: Any) -> None:
        seen.append((kwargs["guest"].key, kwargs["customer"].key))

    visitor_merged.connect(receiver, weak=False)
    return seen, lambda: visitor_merged.disconnect(receiver)


def test_what_a_guest_did_becomes_the_customers_at_login(
    browser: Client, user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    post(browser)
    guest = keys()[0]
    seen, done = merge_signal()
    with django_capture_on_commit_callbacks(execute=True):
        login(browser, "ann")
    done()
    assert keys() == [visitor_key("user", user.pk)]
    assert (
        Visitor.objects.get(key=guest).merged_into == Interaction.objects.get().visitor
    )
    assert seen == [(guest, visitor_key("user", user.pk))]


def test_events_in_flight_follow_the_merge(
    browser: Client, user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    post(browser)
    old = browser.cookies["sp_vid"].value
    with django_capture_on_commit_callbacks(execute=True):
        login(browser, "ann")
    late = Client(headers={"user-agent": BROWSER})
    late.cookies["sp_vid"] = old
    post(late)
    assert keys() == [visitor_key("user", user.pk)] * 2


def test_a_shared_device_keeps_people_apart(
    browser: Client, user: Any, bob: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(browser)
        first = browser.cookies["sp_vid"].value
        login(browser, "ann")
        second = browser.cookies["sp_vid"].value
        post(browser)
        browser.get("/logout/")
        third = browser.cookies["sp_vid"].value
        post(browser)
        login(browser, "bob")
    assert len({first, second, third}) == 3
    ann, bobs = (visitor_key("user", one.pk) for one in (user, bob))
    assert keys() == [ann, ann, bobs]


def test_an_expired_session_does_not_hand_on_the_account(
    browser: Client, user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(browser)
        login(browser, "ann")
    del browser.cookies["sessionid"]
    post(browser)
    assert keys()[1] != visitor_key("user", user.pk)


def guest_and(customer: Any) -> tuple[str, str]:
    guest = visitor_key("guest", "g")
    ids = visitor_ids({guest: "guest"})
    Interaction.objects.create(
        event_id=uuid7(),
        visitor_id=ids[guest],
        kind="view",
        item_id="1",
        occurred_at="2026-01-01T00:00Z",
        received_at="2026-01-01T00:00Z",
    )
    return guest, visitor_key("user", customer.pk)


def test_a_guest_is_merged_once(user: Any, bob: Any) -> None:
    guest, ann = guest_and(user)
    assert merge(guest, ann) is True
    assert merge(guest, visitor_key("user", bob.pk)) is False
    assert keys() == [ann]


def test_a_guest_from_whom_another_ordered_is_not_merged(user: Any, bob: Any) -> None:
    guest, ann = guest_and(user)
    bobs = visitor_key("user", bob.pk)
    ids = visitor_ids({guest: "guest", bobs: "user"})
    OrderVisitor.objects.create(order_id="7", visitor_id=ids[guest])
    Interaction.objects.create(
        event_id=uuid7(),
        visitor_id=ids[bobs],
        kind="purchase",
        item_id="1",
        order_id="7",
        occurred_at="2026-01-01T00:00Z",
        received_at="2026-01-01T00:00Z",
    )
    assert merge(guest, ann) is False
    assert merge(guest, bobs) is True


def test_orders_of_the_guest_go_along(user: Any) -> None:
    guest, ann = guest_and(user)
    ids = visitor_ids({guest: "guest"})
    OrderVisitor.objects.create(order_id="7", visitor_id=ids[guest])
    merge(guest, ann)
    assert OrderVisitor.objects.get().visitor.key == ann


def test_a_login_without_a_browser_changes_nothing(user: Any) -> None:
    client = Client()
    client.force_login(user)
    assert Visitor.objects.count() == 0


def test_an_erased_visitor_is_counted_and_not_stored(browser: Client) -> None:
    post(browser)
    Visitor.objects.update(is_erased=True)
    Interaction.objects.all().delete()
    assert post(browser).json()["reasons"] == {"erased": 1}
    assert Interaction.objects.count() == 0
