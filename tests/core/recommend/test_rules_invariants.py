"""What holds however rules are made: nothing excluded, nothing twice, pins in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.recommend.merchandise import rule, shared, shown
from tests.projects.shapes.models import WineProduct

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[WineProduct]]:
    with shared(django_db_blocker, 60) as found:
        yield found


ACTIONS = st.sampled_from(["include", "exclude", "pin", "boost", "bury"])
WORDS = st.one_of(
    st.tuples(st.just("brand"), st.just("in"), st.just(["Hill"])),
    st.tuples(st.just("category"), st.just("not_in"), st.just(["Still"])),
    st.tuples(st.just("stock"), st.just("gte"), st.integers(1, 60)),
    st.tuples(st.just("price"), st.just("lt"), st.integers(1, 60)),
)
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "action": ACTIONS,
            "conditions": st.lists(WORDS, max_size=2),
            "items": st.lists(st.integers(1, 60), max_size=4, unique=True),
            "position": st.integers(1, 12),
            "priority": st.integers(1, 3),
            "strength": st.sampled_from([0.0, 0.3, 1.0]),
        }
    ),
    max_size=5,
)


def fits(one: dict[str, Any], n: int) -> bool:
    """Whether a rule speaks of wine n, by hand."""
    hold = {
        "brand": lambda value: n % 2 == 0,
        "category": lambda value: n % 3 == 0,
        "stock": lambda value: n >= value,
        "price": lambda value: n < value,
    }
    named = not one["items"] or n in one["items"]
    told = all(hold[field](value) for field, _op, value in one["conditions"])
    return named and told and bool(one["items"] or one["conditions"])


def allowed(rules: list[dict[str, Any]], n: int) -> bool:
    """Whether rules let wine n be shown without a pin."""
    for one in rules:
        if one["action"] == "exclude" and fits(one, n):
            return False
    including = [r for r in rules if r["action"] == "include" and speaks(r)]
    first = [r for r in including if r["priority"] == including[0]["priority"]]
    return not first or any(fits(one, n) for one in first)


def speaks(one: dict[str, Any]) -> bool:
    return bool(one["items"] or one["conditions"])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=RULES, limit=st.integers(1, 12), gone=st.sets(st.integers(1, 60)))
def test_whatever_the_rules(
    made: list[WineProduct], rules: list[dict[str, Any]], limit: int, gone: set[int]
) -> None:
    rules = sorted(rules, key=lambda one: one["priority"])
    with transaction.atomic():
        for one in rules:
            named = [made[n - 1] for n in one["items"]]
            fields = {k: v for k, v in one.items() if k not in {"action", "conditions"}}
            fields["items"] = named
            rule(one["action"], *one["conditions"], **fields)
        WineProduct.objects.filter(title__in=[f"Wine {n}" for n in gone]).update(
            is_active=False
        )
        found = shown(limit=limit, minimum=0)
        transaction.set_rollback(True)
    pinned = {n for r in rules if r["action"] == "pin" for n in found if fits(r, n)}
    free = [n for n in range(1, 61) if n not in gone and allowed(rules, n)]
    assert len(found) == len(set(found))
    assert not set(found) & gone
    assert all(allowed(rules, n) or n in pinned for n in found)
    assert len(found) >= min(limit, len(free))
    assert len(found) <= limit
    for n in pinned - set(free):
        first = next(r for r in rules if r["action"] == "pin" and fits(r, n))
        before = rules[: rules.index(first)]
        assert allowed(before, n), "a pin shows what an earlier rule took away"


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    items=st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True),
    position=st.integers(1, 14),
    limit=st.integers(1, 12),
    others=st.integers(0, 12),
)
def test_pins_are_at_their_place(
    made: list[WineProduct], items: list[int], position: int, limit: int, others: int
) -> None:
    with transaction.atomic():
        rule("pin", items=[made[n - 1] for n in items], position=position)
        rule("include", ("price", "lte", others))
        found = shown(limit=limit, minimum=0)
        transaction.set_rollback(True)
    items = items[:limit]
    start = max(min(position - 1, len(found) - len(items)), 0)
    assert found[start : start + len(items)] == items
