"""Whatever is posted, the answer is never a 5xx, and the receipt adds up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.core.capture.conftest import BROWSER, EVENTS

pytestmark = pytest.mark.django_db
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=80)
    | st.sampled_from(["1", "EUR", "sp:home:r", "2026-01-01T00:00:00Z", 1e300, -0.0])
)
NAMES = st.sampled_from(
    [
        "event",
        "name",
        "id",
        "at",
        "product",
        "item_id",
        "quantity",
        "value",
        "currency",
        "order_id",
        "rid",
        "query",
        "context",
        "ecommerce",
        "params",
        "items",
        "event_id",
        "transaction_id",
        "item_list_id",
        "price",
        "search_term",
        "eventType",
        "productDetails",
        "purchaseTransaction",
        "FeedbackType",
        "ItemId",
        "timestamp_micros",
        "0",
        "1",
        "2",
        "consent",
    ]
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6)
    ),
    max_leaves=20,
)
KINDS = st.sampled_from(
    [
        "view",
        "search",
        "purchase",
        "view_item",
        "view_item_list",
        "add_to_cart",
        "refund",
        "view_cart",
        "detail-page-view",
        "purchase-complete",
        "like",
    ]
)
EVENT = st.builds(
    lambda kind, rest: {**rest, "event": kind, "eventType": kind},
    KINDS,
    st.dictionaries(NAMES, VALUE, max_size=8),
)
BODY = VALUE | EVENT | st.lists(EVENT | VALUE, max_size=5)
PATHS = st.sampled_from([EVENTS, EVENTS + "ga4/", "/personalize/me/consent/"])
ALL = {
    **settings.SHOP_PERSONALIZE,
    "DIALECTS": ["ga4", "retail", "gorse"],
    "RATE_LIMIT": "",
}


@override_settings(SHOP_PERSONALIZE=ALL)
@examples(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(path=PATHS, body=BODY)
def test_no_body_breaks_the_intake(path: str, body: Any) -> None:
    client = Client(headers={"user-agent": BROWSER}, raise_request_exception=True)
    text = json.dumps(body)
    response = client.post(path, text, content_type="application/json")
    assert response.status_code in {200, 202, 400, 413}, response.content
    if response.status_code == 202:
        receipt = response.json()
        sent = body.get("events") if isinstance(body, dict) else body
        count = len(sent) if isinstance(sent, list) and sent[:1] != ["event"] else 1
        assert receipt["accepted"] + receipt["duplicates"] + receipt["quarantined"] == (
            count
        )
