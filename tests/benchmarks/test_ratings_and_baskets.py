"""Files of the two kinds of data are read as they are meant."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import movielens, tafeng


def packed(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode("latin-1")))


def test_a_fold_of_ratings(tmp_path: Path) -> None:
    packed(tmp_path / "u1.base.gz", "1\t3\t4\t881250949\n2\t1\t1\t891717742\n")
    packed(tmp_path / "u1.test.gz", "1\t1\t5\t878887116\n")
    base, test = movielens.read_fold(tmp_path, "u1")
    assert base[:, :3].tolist() == [[0, 2, 4], [1, 0, 1]]
    assert test[:, :3].tolist() == [[0, 0, 5]]


def test_facts_of_users_and_films(tmp_path: Path) -> None:
    (tmp_path / "u.user").write_text("1|24|M|writer|85711\n2|29|F|writer|94043\n")
    # Columns in order of their names: F, M, age 2, writer.
    assert movielens.read_users(tmp_path).tolist() == [[0, 1, 1, 1], [1, 0, 1, 1]]
    genres = ["0"] * 19
    genres[3] = "1"
    flags = "|".join(genres)
    films = f"1|Toy|01-Jan-1995||url|{flags}\n2|No date||||{flags}\n"
    packed(tmp_path / "u.item.gz", films)
    found = movielens.read_items(tmp_path)
    assert found.shape == (2, 19 + 2)
    assert np.flatnonzero(found[0]).tolist() == [3, 20]
    assert np.flatnonzero(found[1]).tolist() == [3, 19]


def test_errors_are_means_over_the_folds() -> None:
    fold = np.array([[0, 0, 1, 0], [0, 1, 5, 0]])

    def fit(base: Any) -> Any:
        return lambda users, items: np.array([1.0, 2.0]), {}

    found = movielens.judged([(fold, fold), (fold, fold)], fit)
    assert found["metrics"] == {"rmse": round(float(np.sqrt(4.5)), 4), "mae": 1.5}


def test_baskets_lie_a_day_apart_before_the_last(tmp_path: Path) -> None:
    history = {"7": [[-1], [5, 6], [5], [-1]], "8": [[-1], [9], [-1]]}
    future = {"7": [[-1], [6, 11], [-1]], "8": [[-1], [9], [-1]]}
    for name, content in (("history", history), ("future", future)):
        packed(tmp_path / f"tafeng_{name}.json.gz", json.dumps(content))
    data, truths = tafeng.read(tmp_path)
    assert data.ids.texts(range(4)) == ["11", "5", "6", "9"]
    assert data.ids.texts(data.item) == ["5", "6", "5", "9"]
    assert data.visitor.tolist() == [0, 0, 0, 1]
    assert (data.time - tafeng.START).tolist() == [-1.0, -1.0, 0.0, 0.0]
    assert len(set(data.order.tolist())) == 3
    assert [data.ids.texts(truth) for truth in truths] == [["11", "6"], ["9"]]
    first, second = (tafeng.history(data, at) for at in tafeng.rows_of_visitors(data))
    assert data.ids.texts(first.codes) == ["5", "5", "6"]
    assert first.ages.tolist() == [1.0, 2.0, 2.0]
    assert data.ids.texts(second.codes) == ["9"]


def test_simple_systems_fill_up_with_best_sellers(tmp_path: Path) -> None:
    test_baskets_lie_a_day_apart_before_the_last(tmp_path)
    data, _ = tafeng.read(tmp_path)
    asked = [tafeng.history(data, at) for at in tafeng.rows_of_visitors(data)]
    found = tafeng.simple(data, asked)
    lists = {name: [data.ids.texts(each) for each in of] for name, of in found.items()}
    assert lists["P-TopFreq"] == [["5", "6"], ["9"]]
    assert lists["G-TopFreq"] == [["5", "6", "9", "11"]] * 2
    assert lists["GP-TopFreq"] == [["5", "6", "9", "11"], ["9", "5", "6", "11"]]
