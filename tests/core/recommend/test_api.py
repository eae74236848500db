"""The endpoints: who may ask, what comes back, what never does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from shop_personalize.api.throttles import counter
from shop_personalize.capture.identity import SALT
from shop_personalize.models import (
    BlockDay,
    Checkpoint,
    Interaction,
    TrainingJob,
    Visitor,
)
from tests.core.recommend import builders

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
URL = "/personalize/"


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    counter._counts.clear()


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(URL + path, json.dumps(data), content_type="application/json")


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


def test_a_block_as_json_without_scores(client: Client) -> None:
    made = builders.products()
    builders.popular(made)
    answer = client.get(URL + "recommendations/?block=home-popular&n=3")
    data = answer.json()
    assert ids(data) == [str(p.pk) for p in made[:3]]
    assert data["block"] == "home-popular"
    assert data["backup"] is False
    assert data["items"][0]["product"] == {
        "title": "Gift 1",
        "image": "",
        "price": {"amount": "1.00", "currency": "", "text": "1.00"},
    }
    assert data["items"][0]["reason"]["code"] == "popular"
    assert "score" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("block=nowhere", 404),
        ("n=0", 400),
        ("n=51", 400),
        ("n=x", 400),
        ("product=" + "9" * 65, 400),
        ("product=" + "9" * 40, 200),
        ("product=%00", 400),
        ("basket=" + ",".join(map(str, range(101))), 400),
        ("basket=1,2,x", 200),
        ("", 200),
    ],
)
def test_bad_input_is_named(client: Client, query: str, status: int) -> None:
    builders.popular(builders.products())
    assert client.get(URL + "recommendations/?" + query).status_code == status


def test_a_page_in_one_call_has_no_product_twice(client: Client) -> None:
    made = builders.products(20)
    builders.popular(made)
    wishes = [{"block": "home-popular", "n": 3}, {"block": "popular", "n": 3}]
    answers = post(client, "recommendations/batch/", {"requests": wishes}).json()
    found = [ids(answer) for answer in answers["answers"]]
    assert found == [[str(p.pk) for p in made[:3]], [str(p.pk) for p in made[3:6]]]
    many = {"requests": [{}] * 21}
    assert post(client, "recommendations/batch/", many).status_code == 400


def test_lists_of_a_product_and_of_the_shop(client: Client) -> None:
    made = builders.products(20)
    code = builders.id_map(made)
    builders.popular(made)
    for slug in ("similar", "also_bought", "also_viewed"):
        near = builders.neighbors(code, {made[0]: made[4:9]})
        builders.publish(slug, code, near, builders.PRODUCT_CONTEXT)
        answer = client.get(f"{URL}products/{made[0].pk}/{slug}/?n=2").json()
        assert ids(answer) == [str(p.pk) for p in made[4:6]]
    assert ids(client.get(URL + "popular/?n=1").json()) == [str(made[0].pk)]
    assert client.get(URL + "trending/?n=1").json()["backup"] is True


def test_rank_orders_ids_for_the_visitor(client: Client, guest: str) -> None:
    made = builders.products(6)
    code = builders.id_map(made)
    near = builders.neighbors(code, {made[0]: [made[4]]})
    builders.publish("for_you", code, near, builders.HISTORY_CONTEXT)
    builders.did(guest, "view", made[0])
    items = [str(made[1].pk), str(made[4].pk)]
    assert post(client, "rank/", {"items": items}).json()["items"] == items[::-1]


def test_me_is_only_the_asker(client: Client, guest: str) -> None:
    made = builders.products()
    builders.did(guest, "view", made[0])
    builders.did(guest, "add_to_cart", made[1])
    assert client.get(URL + "me/?visitor=x").json() == {
        "known": True,
        "consent": "full",
        "interactions": 2,
        "basket": [str(made[1].pk)],
        "recently_viewed": [str(made[0].pk)],
        "hidden": [],
    }
    stranger = Client()
    stranger.cookies["sp_vid"] = "forged:" + Signer(salt=SALT).sign("guest")[6:]
    assert stranger.get(URL + f"me/?visitor={guest}").json()["interactions"] == 0
    exported = json.loads(client.get(URL + "me/export/").getvalue())
    assert [row["kind"] for row in exported["interactions"]] == ["view", "add_to_cart"]
    assert json.loads(stranger.get(URL + "me/export/").getvalue()) == {
        "interactions": [],
        "connections": [],
    }


@pytest.mark.django_db(transaction=True)
def test_hidden_is_hidden_on_the_next_page(client: Client, guest: str) -> None:
    made = builders.products()
    builders.popular(made)
    assert client.post(f"{URL}me/hide/{made[0].pk}/").status_code == 204
    answer = client.get(URL + "recommendations/?block=home-popular").json()
    assert str(made[0].pk) not in ids(answer)
    other = client.post(f"{URL}me/hide/1/", headers={"origin": "https://evil.example"})
    assert other.status_code == 403


def test_forgotten_means_gone_and_barred(client: Client, guest: str) -> None:
    made = builders.products()
    builders.did(guest, "view", made[0])
    assert client.delete(URL + "me/").status_code == 204
    assert not Interaction.objects.exists()
    assert Visitor.objects.get(key=guest).is_erased
    assert client.get(URL + "me/").json()["known"] is False


STAFF = [
    ("get", "models/", "view_modelversion"),
    ("get", "jobs/", "view_trainingjob"),
    ("get", "metrics", "view_trainingjob"),
    ("post", "recommenders/popular/train/", "train_recommender"),
    ("get", "explain/nonsense/1/", "view_block"),
]


@pytest.mark.parametrize(("method", "path", "right"), STAFF)
def test_staff_endpoints_need_the_right(
    client: Client, method: str, path: str, right: str
) -> None:
    ask: Callable[..., Any] = getattr(client, method)
    assert ask(URL + path).status_code == 403
    clerk = User.objects.create_user("clerk", password="x", is_staff=True)
    client.force_login(clerk)
    assert ask(URL + path).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename=right))
    expected = {"post": 202}.get(method, 404 if "explain" in path else 200)
    assert ask(URL + path).status_code == expected
    User.objects.filter(pk=clerk.pk).update(is_staff=False)
    assert ask(URL + path).status_code == 403


def test_training_asked_for_is_a_job(client: Client, settings: SettingsWrapper) -> None:
    client.force_login(User.objects.create_superuser("boss"))
    answer = client.post(URL + "recommenders/popular/train/").json()
    job = TrainingJob.objects.get(pk=answer["id"])
    assert (job.trigger, str(job.requested_by)) == ("api", "boss")
    assert client.post(URL + "recommenders/none/train/").status_code == 404


def test_explain_answers_for_a_token(client: Client) -> None:
    made = builders.products()
    builders.popular(made)
    rid = client.get(URL + "recommendations/?block=home-popular").json()["rid"]
    client.force_login(User.objects.create_superuser("boss"))
    answer = client.get(f"{URL}explain/{rid}/{made[1].pk}/").json()
    assert answer["token"]["block"] == "home-popular"
    assert answer["shown"]["position"] == 2
    assert answer["shown"]["recommender"] == "popular"


def test_metrics_are_prometheus_text(client: Client) -> None:
    builders.popular(builders.products())
    client.force_login(User.objects.create_superuser("boss"))
    BlockDay.objects.create(
        block="home", recommender="popular", day=timezone.localdate(), seen=7, clicked=2
    )
    text = client.get(URL + "metrics").content.decode()
    assert 'shop_personalize_block_today{block="home",what="seen"} 7' in text
    assert "# TYPE shop_personalize_live_model_age_seconds gauge" in text
    assert 'shop_personalize_live_model_age_seconds{recommender="popular"} ' in text


def test_health(client: Client, settings: Any, django_assert_num_queries: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "REDIS_URL": None}
    with django_assert_num_queries(0):
        assert client.get(URL + "health/live").content == b"ok"
    assert client.get(URL + "health/ready").json()["status"] == "degraded"
    builders.popular(builders.products())
    assert client.get(URL + "health/ready").json() == {
        "status": "ready",
        "database": True,
        "model": True,
        "redis": None,
        "schedule": None,
    }
    Checkpoint.objects.create(name="every:schedule")
    assert client.get(URL + "health/ready").json()["schedule"] is True
    Checkpoint.objects.update(updated_at=timezone.now() - timedelta(hours=2))
    late = client.get(URL + "health/ready").json()
    assert (late["status"], late["schedule"]) == ("degraded", False)


def test_lazy_placeholder_then_fragment_in_the_pages_language(client: Client) -> None:
    from django.template import Context, Template
    from django.test import RequestFactory
    from django.utils import translation

    made = builders.products()
    builders.popular(made)
    source = '{% load personalize %}{% recommendations "home-popular" limit=4 lazy %}'
    with translation.override("zh-hans"):
        context = Context({"request": RequestFactory().get("/")})
        html = Template(source).render(context)
    url = html.split('data-sp-lazy="')[1].split('"')[0].replace("&amp;", "&")
    noscript = html.split("<noscript>")[1].split("</noscript>")[0]
    assert noscript.count('class="sp-card"') == 4
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content.decode().count('class="sp-card"') == 4
    assert answer["Content-Language"] == "zh-hans"
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]
    for bad in ("?o=forged", "?lang=%00", "?product=%00"):
        assert client.get(URL + "blocks/home-popular/" + bad).status_code == 200
    assert client.get(URL + "blocks/nowhere/").content == b""


def test_the_schema_is_ours_alone(client: Client) -> None:
    schema = client.get(URL + "schema/?format=json").json()
    assert "/personalize/recommendations/" in schema["paths"]
    assert all(path.startswith("/personalize/") for path in schema["paths"])
    assert client.get(URL + "schema/?lang=%00").status_code == 200
