"""A shop in which it is known what recommendations bring.

Full size: ``python -m benchmarks uplift``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop_personalize.models import BlockDay, Interaction, TrialDay, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, SEED, SHARE = 70, 11, 0.3


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    from benchmarks.simulation import shop

    yield
    shop.emptied()


def deeds() -> list[tuple[object, ...]]:
    """All that was recorded, by whom in the end."""
    rows = Interaction.objects.values_list(
        "visitor__key",
        "occurred_at",
        "kind",
        "item_id",
        "rid",
        "flag",
        "quantity",
    )
    return sorted(rows)


def test_browsers_and_services_leave_the_same_behind() -> None:
    """Pages, cookies, logins, two devices and robots; then the same deeds in bulk."""
    from benchmarks.simulation import running, shop

    walked = running.over_http(PEOPLE, SEED, SHARE)
    recorded, sums = deeds(), running.rolled_up_rows()
    assert Visitor.objects.filter(merged_at__isnull=False).exists()
    assert {flag for *_deed, flag, _units in recorded} == {"", "bot"}
    assert {kind for _key, _at, kind, *_rest in recorded} == {
        "view",
        "rec_view",
        "click",
        "add_to_cart",
        "purchase",
    }
    assert BlockDay.objects.filter(seen__gt=0).exists()
    assert TrialDay.objects.filter(arm="held", units__gt=0).exists()
    shop.emptied()
    laid = running.in_bulk(PEOPLE, SEED, SHARE)
    assert deeds() == recorded
    assert running.rolled_up_rows() == sums
    assert (laid.truth, laid.found) == (walked.truth, walked.found)


def test_the_interval_holds_what_recommendations_brought() -> None:
    from benchmarks.simulation import running, shop

    covered = 0
    for seed in range(3):
        life = running.in_bulk(400, seed, 0.2, blocks=False)
        covered += life.is_covered
        assert life.found.balance_p > 0.001
        shop.emptied()
    assert covered == 3
