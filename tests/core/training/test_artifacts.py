from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.files.storage import InMemoryStorage

from shop_personalize import artifacts
from shop_personalize.artifacts.consistency import check_ranker
from shop_personalize.artifacts.format import check_file_name
from shop_personalize.conf import app_settings
from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import (
    Factors,
    Histories,
    ItemNeighbors,
    Mixture,
    Ranking,
    RatedFactors,
)

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from shop_personalize.ml.knowledge import Knowledge

IDS = IdMap.of(["a", "b", "c"])
INDPTR = np.array([0, 1, 2, 2])
ONES = np.ones(2, np.float32)
SHAPES: list[Knowledge] = [
    Ranking(np.array([b""]), np.array([0, 2]), np.array([2, 0]), ONES),
    ItemNeighbors(INDPTR, np.array([1, 0]), ONES, np.array([5, 5])),
    Histories(
        rows_indptr=np.array([0, 2]),
        rows_indices=np.array([0, 1]),
        rows_data=ONES,
        columns_indptr=INDPTR,
        columns_indices=np.array([0, 0]),
        columns_data=ONES,
        norms=np.ones(1),
        idf=np.ones(3),
        neighbors=np.array([1]),
    ),
    Factors(np.ones((3, 2)), np.eye(2)),
    RatedFactors(np.ones((3, 2)), np.ones(3), np.eye(2), np.ones(2), np.ones(3, bool)),
]
SHAPES.append(Mixture({"walk": SHAPES[1], "inner": Mixture({"popular": SHAPES[0]})}))


def store(knowledge: Knowledge = SHAPES[1], **meta: Any) -> str:
    return artifacts.write(
        knowledge=knowledge,
        ids=IDS,
        query_config={"context": "product"},
        meta=meta,
        extras={"prices": np.arange(3.0)},
    ).digest


@pytest.mark.parametrize("knowledge", SHAPES, ids=lambda each: each.shape)
def test_every_shape_comes_back_as_it_was(knowledge: Knowledge) -> None:
    artifact = artifacts.load(store(knowledge, note="x"))
    assert artifact.ids.texts([0, 1, 2]) == ["a", "b", "c"]
    assert artifact.query_config == {"context": "product"}
    assert artifact.meta == {"note": "x"}
    assert artifact.extras["prices"].tolist() == [0.0, 1.0, 2.0]
    for name, array in knowledge.to_arrays().items():
        again = artifact.knowledge.to_arrays()[name]
        assert again.dtype == array.dtype
        assert np.array_equal(again, array)


def test_the_same_model_is_stored_once() -> None:
    assert store() == store()
    assert artifacts.stored() == [store()]
    assert store(note="other") != store()


def test_large_arrays_are_mapped_and_cannot_be_written() -> None:
    n = 20_000
    ids = IdMap.of(f"{at:06d}" for at in range(n))
    ranking = Ranking(np.array([b""]), np.array([0, n]), np.arange(n), np.ones(n))
    digest = artifacts.write(
        knowledge=ranking, ids=ids, query_config={}, meta={}
    ).digest
    known = artifacts.load(digest).knowledge
    assert isinstance(known, Ranking)
    assert isinstance(known.items.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        known.items[0] = 7


def test_files_are_private_and_nothing_is_below_the_public_media(
    settings: SettingsWrapper,
) -> None:
    folder = app_settings.artifact_cache / store()
    assert {path.stat().st_mode & 0o007 for path in folder.iterdir()} == {0}
    assert not list(Path(settings.MEDIA_ROOT).glob("**/*.npy"))
    assert not list(app_settings.artifact_cache.glob(".writing-*"))


def rewrite(folder: Path, name: str, content: bytes) -> None:
    (folder / name).chmod(0o600)
    (folder / name).write_bytes(content)


def flipped(folder: Path) -> None:
    content = bytearray((folder / "knowledge.data.npy").read_bytes())
    content[-1] ^= 1
    rewrite(folder, "knowledge.data.npy", bytes(content))


def cut(folder: Path) -> None:
    path = folder / "knowledge.indices.npy"
    rewrite(folder, path.name, path.read_bytes()[:-4])


def dropped(folder: Path) -> None:
    (folder / "ids.npy").unlink()


def swapped(folder: Path) -> None:
    first, second = folder / "knowledge.indices.npy", folder / "knowledge.support.npy"
    content = first.read_bytes()
    rewrite(folder, first.name, second.read_bytes())
    rewrite(folder, second.name, content)


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def other_manifest(folder: Path) -> None:
    raw = json.loads((folder / "manifest.json").read_bytes())
    raw["files"]["../../secret.npy"] = raw["files"]["ids.npy"]
    rewrite(folder, "manifest.json", json.dumps(raw).encode())


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (flipped, "knowledge.data.npy is not what was written"),
        (cut, "knowledge.indices.npy is not what was written"),
        (dropped, "ids.npy is missing"),
        (swapped, "is not what was written"),
        (no_manifest, "the manifest is missing"),
        (other_manifest, "the manifest was changed"),
    ],
)
def test_a_damaged_artifact_is_refused(damage: Any, reason: str) -> None:
    digest = store()
    damage(app_settings.artifact_cache / digest)
    with pytest.raises(artifacts.BrokenArtifact, match=reason):
        artifacts.load(digest)


def test_a_damaged_artifact_written_again_is_whole() -> None:
    digest = store()
    flipped(app_settings.artifact_cache / digest)
    assert store() == digest
    assert artifacts.load(digest).digest == digest


@pytest.mark.parametrize(
    "digest", ["../../../etc/passwd", "", "A" * 64, "0" * 63, "/" + "0" * 63]
)
def test_a_name_that_is_no_hash_never_becomes_a_path(digest: str) -> None:
    with pytest.raises(artifacts.BrokenArtifact, match="not the name of an artifact"):
        artifacts.load(digest)


@pytest.mark.parametrize(
    "name", ["../ids.npy", "ids.npy/x", "ids.npz", "knowledge.a/b.npy", "x.pkl", ""]
)
def test_a_file_that_is_no_array_is_refused(name: str) -> None:
    with pytest.raises(artifacts.BrokenArtifact, match="not a file of an artifact"):
        check_file_name(name)


def test_objects_are_never_written() -> None:
    with pytest.raises(artifacts.BrokenArtifact, match="not a plain number"):
        artifacts.write(
            knowledge=SHAPES[0],
            ids=IDS,
            query_config={},
            meta={},
            extras={"words": np.array(["x", None], object)},
        )
    assert artifacts.stored() == []


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (
            ItemNeighbors(INDPTR, np.array([1, 3]), ONES, np.array([0, 0])),
            "a code is out of range",
        ),
        (
            ItemNeighbors(np.array([0, 2, 1, 2]), np.array([1, 0]), ONES, ONES),
            "rows run backwards",
        ),
        (
            ItemNeighbors(np.array([0, 2]), np.array([1, 0]), ONES, ONES),
            "not one row for each item",
        ),
        (
            ItemNeighbors(INDPTR, np.array([1, 0]), ONES * np.nan, ONES),
            "a score is not finite",
        ),
        (Factors(np.ones((2, 2)), np.eye(2)), "not one factor for each item"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(
    known: Knowledge, reason: str
) -> None:
    digest = store(known)
    with pytest.raises(artifacts.BrokenArtifact, match=reason):
        artifacts.load(digest)


def test_a_private_storage_hands_models_to_other_hosts(
    settings: SettingsWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = InMemoryStorage()
    monkeypatch.setattr(
        "shop_personalize.artifacts.distribution.storage", lambda: shared
    )
    digest = store()
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ARTIFACT_CACHE": str(tmp_path / "another_host"),
    }
    artifacts.forget()
    assert artifacts.stored() == []
    assert artifacts.load(digest).digest == digest
    assert artifacts.stored() == [digest]
    artifacts.delete(digest)
    assert shared.listdir(f"shop_personalize/artifacts/{digest}")[1] == []


def test_a_storage_that_lies_leaves_nothing_behind(
    settings: SettingsWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = InMemoryStorage()
    monkeypatch.setattr(
        "shop_personalize.artifacts.distribution.storage", lambda: shared
    )
    digest = store()
    with shared.open(f"shop_personalize/artifacts/{digest}/ids.npy", "wb") as file:
        file.write(b"something else")
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ARTIFACT_CACHE": str(tmp_path / "another_host"),
    }
    artifacts.forget()
    with pytest.raises(artifacts.BrokenArtifact, match=r"ids\.npy is not what"):
        artifacts.load(digest)
    assert list(app_settings.artifact_cache.iterdir()) == []


def test_a_missing_artifact_says_so() -> None:
    with pytest.raises(artifacts.BrokenArtifact, match="no such artifact on this host"):
        artifacts.load("0" * 64)


def test_a_folder_of_a_writer_that_died_is_swept() -> None:
    store()
    left = app_settings.artifact_cache / ".writing-old"
    left.mkdir()
    assert artifacts.sweep() == 0
    os.utime(left, (0, 0))
    assert artifacts.sweep() == 1
    assert not left.exists()


# Rankers


def _ranker(**arrays: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A ranker of two numbers and one tree over the three items of ``IDS``."""
    n = len(IDS)
    given = {
        "facts": np.zeros((n, 1), np.float32),
        "category": np.zeros(n, np.int32),
        "brand": np.zeros(n, np.int32),
        "feature": np.array([[0, 1, 1]], np.int16),
        "threshold": np.zeros((1, 3), np.float32),
        "value": np.zeros((1, 4), np.float32),
    }
    config = {
        "ranker": {"method": "trees", "groups": ["items"], "facts": ["price", "age"]}
    }
    return config, {f"ranker__{k}": v for k, v in {**given, **arrays}.items()}


def test_a_ranker_whose_arrays_fit_is_accepted() -> None:
    config, arrays = _ranker()
    check_ranker(config, arrays, IDS)
    check_ranker({}, {}, IDS)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"facts": np.zeros((1, 1))}, "facts are not one for each item"),
        ({"feature": np.array([[0, 2, 1]])}, "a number that is not there"),
        ({"feature": np.array([[0, -1, 1]])}, "a number that is not there"),
        ({"feature": np.zeros((1, 2), int)}, "a tree is not complete"),
        ({"feature": np.zeros((1, 3))}, "features of a tree are not integers"),
        ({"value": np.zeros((1, 3))}, "leaves do not fit"),
        ({"value": np.full((1, 4), np.nan)}, "a leaf is not finite"),
        ({"threshold": np.zeros((2, 3))}, "thresholds and features differ"),
        ({"feature": np.zeros((0, 0), int)}, "the ranker has no trees"),
    ],
)
def test_a_ranker_that_does_not_fit_is_refused(
    arrays: dict[str, Any], reason: str
) -> None:
    config, held = _ranker(**arrays)
    with pytest.raises(artifacts.BrokenArtifact, match=reason):
        check_ranker(config, held, IDS)


def test_a_logistic_ranker_needs_a_weight_for_every_number() -> None:
    config, arrays = _ranker()
    config["ranker"]["method"] = "logistic"
    two = {f"ranker__{name}": np.ones(2) for name in ("center", "scale", "weight")}
    check_ranker(config, {**arrays, **two}, IDS)
    with pytest.raises(artifacts.BrokenArtifact, match="weight has another length"):
        check_ranker(config, {**arrays, **two, "ranker__weight": np.ones(3)}, IDS)
