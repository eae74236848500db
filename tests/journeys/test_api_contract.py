"""Whatever is sent to the endpoints, none answers with a server error.

``pytest -m chaos tests/journeys/test_api_contract.py`` sends 5,000 cases made from the
OpenAPI schema, valid and not; the usual run a few of each endpoint.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import SkipTest
from urllib.parse import quote

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, SchemathesisConfig

from tests.core.recommend import builders

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
URL = "/personalize/"
CASES = 5000
OPERATIONS = 20
A_FEW = 4
BOUND_SECONDS = 420
RELAXED = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}


@pytest.fixture
def api(settings: Any) -> Any:
    """The schema over a shop with models, asked by someone who may do everything."""
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "RATE_LIMIT": ""}
    made = builders.products(12)
    ids = builders.id_map(made)
    builders.popular(made)
    near = builders.neighbors(ids, {made[0]: made[4:9]})
    builders.publish("also_viewed", ids, near, builders.PRODUCT_CONTEXT)
    builders.publish("for_you", ids, near, builders.HISTORY_CONTEXT)
    both = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    config = SchemathesisConfig()
    config.projects.default.generation = GenerationConfig(modes=both)
    return schemathesis.openapi.from_wsgi(
        URL + "schema/?format=json", get_wsgi_application(), config=config
    )


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """As Django's own test client: a request must not close the test's connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def cookie() -> str:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def bombard(api: Any, cookie: str, examples: int) -> int:
    """Send ``examples`` valid and as many invalid cases to each operation."""
    sent: Counter[str] = Counter()
    for found in api.get_all_operations():
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            _bombard(found.ok(), mode, cookie, examples, sent)
    print(f"{sum(sent.values())} cases over {len(sent)} operations")  # noqa: T201
    return sum(sent.values())


def _bombard(
    operation: Any, mode: Any, cookie: str, examples: int, sent: Counter[str]
) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)

        @given(case=strategy)
        @settings(max_examples=examples, **RELAXED)
        def check(case: Any) -> None:
            sent[operation.label] += 1
            name = django_settings.SESSION_COOKIE_NAME
            response = case.call(cookies={name: cookie})
            case.validate_response(response, checks=[not_a_server_error])

        check()
    except (Unsatisfiable, SkipTest):
        # Nothing can be made wrong where nothing is asked for.
        assert mode == GenerationMode.NEGATIVE


def test_a_few_cases_of_every_endpoint_give_no_server_error(
    api: Any, cookie: str
) -> None:
    assert bombard(api, cookie, A_FEW) >= A_FEW * OPERATIONS


@pytest.mark.chaos
def test_five_thousand_cases_give_no_server_error(api: Any, cookie: str) -> None:
    assert bombard(api, cookie, CASES // OPERATIONS * 11 // 20) >= CASES


ANY_TEXT = st.text(max_size=80)


@given(name=ANY_TEXT, lang=ANY_TEXT, product=ANY_TEXT, options=ANY_TEXT)
@settings(max_examples=60, **RELAXED)
def test_a_fragment_is_never_a_server_error(
    name: str, lang: str, product: str, options: str
) -> None:
    facts = {"lang": lang, "product": product, "o": options}
    path = f"{URL}blocks/{quote(name, safe='') or 'x'}/"
    answer = Client(raise_request_exception=False).get(path, facts)
    assert answer.status_code in {200, 404}
