"""The timeline of the benchmark of updates, on a shop of two customers."""

from __future__ import annotations

import pytest

from benchmarks.online import _cases, _mean, _recovered
from tests.ml.build import shop


def test_recovered_is_the_share_of_the_way_from_stale_to_retrained() -> None:
    means = {
        "stale": dict.fromkeys(("ndcg@10", "recall@10", "hit_rate@10"), 0.1),
        "fold-in": {"ndcg@10": 0.15, "recall@10": 0.1, "hit_rate@10": 0.3},
        "retrained": {"ndcg@10": 0.3, "recall@10": 0.2, "hit_rate@10": 0.1},
    }
    assert _recovered(means, "fold-in") == {"ndcg@10": 0.25, "recall@10": 0.0}


def test_days_count_by_their_cases() -> None:
    day = dict.fromkeys(("ndcg@10", "recall@10", "hit_rate@10"), 0.2)
    other = dict.fromkeys(day, 0.6)
    assert _mean([(3, day), (1, other)])["ndcg@10"] == pytest.approx(0.3)


def test_asked_are_known_customers_about_what_they_never_bought() -> None:
    data = shop(
        [
            (0, "a", "purchase", 10.0),
            (0, "b", "purchase", 19.0),
            (0, "a", "purchase", 20.2),
            (0, "late", "purchase", 20.3),
            (1, "a", "purchase", 20.4),
            (0, "c", "purchase", 21.5),
        ]
    )
    past, first = data.before(20.0), data.before(15.0)
    cases = _cases(past, data, 20.0)
    assert len(cases) == 1
    assert data.ids.texts(cases.truths[0]) == ["late"]
    assert data.ids.texts(cases.excluded[0]) == ["a", "b"]
    assert data.ids.texts(cases.histories[0].codes) == ["b", "a"]
    frozen = _cases(past, data, 20.0, seen=first)
    assert data.ids.texts(frozen.histories[0].codes) == ["a"]
    assert data.ids.texts(frozen.excluded[0]) == ["a", "b"]
