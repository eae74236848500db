"""Who may look, run and decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from shop_personalize.experiments.checks import check_experiments
from shop_personalize.experiments.models import Experiment
from tests.experiments.addresses import url
from tests.experiments.builders import begun, counted, planned

pytestmark = pytest.mark.django_db
VIEW, RUN, DECIDE = "view_experiment", "run_experiment", "decide_experiment"


def test_without_a_right_nothing_is_seen(staff: Any) -> None:
    client = staff()
    pk = begun().pk
    pages = [url("changelist"), url("change", pk), url("csv", pk)]
    pages += [url("planner"), url("holdout")]
    assert [client.get(page).status_code for page in pages] == [403] * 5


def test_who_may_only_look_has_no_button(staff: Any) -> None:
    client = staff(VIEW)
    experiment, draft = begun(), planned(slug="draft")
    for pk in (experiment.pk, draft.pk):
        page = client.get(url("change", pk)).content.decode()
        assert "sp-buttons" not in page
    assert client.post(url("do", experiment.pk, "stop")).status_code == 403
    assert Experiment.objects.get(pk=experiment.pk).state == "running"


@pytest.mark.parametrize(
    ("right", "verb", "status"),
    [
        (RUN, "stop", 302),
        (RUN, "decide", 403),
        (RUN, "undo", 403),
        (DECIDE, "decide", 302),
        (DECIDE, "pause", 403),
    ],
)
def test_running_and_deciding_are_rights_of_their_own(
    staff: Any, right: str, verb: str, status: int
) -> None:
    client = staff(VIEW, right)
    pk = begun().pk
    response = client.post(url("do", pk, verb), {"winner": "b"})
    assert response.status_code == status


def test_what_has_begun_is_not_edited_or_deleted(admin: Client) -> None:
    experiment = begun()
    page = url("change", experiment.pk)
    admin.post(page, {"name": "Something else"})
    assert Experiment.objects.get().name == "More variety"
    assert admin.post(url("delete", experiment.pk)).status_code == 403


def test_a_draft_may_be_deleted(admin: Client) -> None:
    admin.post(url("delete", planned().pk), {"post": "yes"})
    assert not Experiment.objects.exists()


def api(name: str, *args: Any) -> str:
    return reverse(f"shop_personalize_experiments:{name}", args=args)


def test_the_api_is_for_staff_with_the_right(client: Client, staff: Any) -> None:
    begun()
    for address in (api("experiments"), api("experiment", "variety")):
        assert client.get(address).status_code == 403
    allowed = staff(VIEW)
    assert allowed.get(api("experiments")).status_code == 200


def test_the_api_tells_experiments_and_what_they_found(
    admin: Client, django_assert_num_queries: Any
) -> None:
    begun(secondary_metrics=["orders"], guardrails={"views": 5.0})
    counted("a", [0.0, 10.0] * 500)
    counted("b", [0.0, 20.0] * 500)
    listed = admin.get(api("experiments")).json()
    assert listed["count"] == 1
    assert listed["results"][0]["arms"][1] == {
        "key": "b",
        "name": "More variety",
        "weight": 50.0,
        "changes": {"diversity": 0.4},
    }
    with django_assert_num_queries(6):
        response = admin.get(api("experiment", "variety"))
    found = response.json()["result"]
    assert found["verdict"]["code"] == "better"
    assert found["verdict"]["text"].startswith("“More variety” sells £5.00 more")
    assert found["verdict"]["variant"] == "b"
    assert found["primary"]["units"] == [1000.0, 1000.0]
    assert found["primary"]["means"] == [5.0, 10.0]
    assert found["primary"]["compared"][0]["difference"] == 5.0
    assert found["secondary"][0]["compared"][0]["low"] is None
    assert found["guardrails"][0]["crossed"] == []
    assert found["curves"]["b"][0]["value"] == 5.0
    assert response.headers["Cache-Control"] == "private, no-store"


def test_an_unknown_experiment_is_not_found(admin: Client) -> None:
    assert admin.get(api("experiment", "nothing")).status_code == 404


def test_the_api_is_described() -> None:
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.validation import validate_schema

    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    paths = [path for path in schema["paths"] if "/experiments/" in path]
    assert paths == [
        "/personalize/experiments/",
        "/personalize/experiments/{slug}/",
    ]


def test_a_wrong_set_up_is_named() -> None:
    assert check_experiments() == []
    with override_settings(MIDDLEWARE=[]):
        (found,) = check_experiments()
    assert found.id == "shop_personalize_experiments.W001"
