import pytest

from shop_personalize.models import Block, Recommender
from shop_personalize.registry import specs
from shop_personalize.registry.defaults import ensure_defaults

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_has_every_recommender_and_block() -> None:
    assert set(Recommender.objects.values_list("slug", flat=True)) == set(specs())
    assert Block.objects.get(slug="home-for-you").steps.count() == 3


def test_a_deleted_block_is_not_recreated() -> None:
    Block.objects.get(slug="home-new").delete()
    ensure_defaults()
    assert not Block.objects.filter(slug="home-new").exists()
