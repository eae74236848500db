"""Verify an artifact folder and map its arrays; all or nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.artifacts import distribution
from shop_personalize.artifacts.consistency import check_knowledge, check_ranker
from shop_personalize.artifacts.format import (
    PLAIN_KINDS,
    BrokenArtifact,
    FileFacts,
    check_digest,
    read_manifest,
    verify_file,
)
from shop_personalize.artifacts.writing import settle
from shop_personalize.conf import app_settings
from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import SHAPES, Arrays, Knowledge

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAP_FROM_BYTES = 65_536
"""Smaller arrays are read: a mapping holds a file descriptor all its life."""


@dataclass(frozen=True)
class Artifact:
    """A model, whole and verified; every part of it is of one version."""

    digest: str
    ids: IdMap
    knowledge: Knowledge
    query_config: dict[str, Any]
    meta: dict[str, Any]
    extras: Arrays


def read(digest: str) -> Artifact:
    """Read one artifact from the local folder, fetched first if it is not there."""
    folder = app_settings.artifact_cache / check_digest(digest)
    if not folder.is_dir():
        _fetch(digest)
    manifest = read_manifest(folder)
    arrays = {
        name: _map(folder / name, facts) for name, facts in manifest.files.items()
    }
    if "ids.npy" not in arrays:
        raise BrokenArtifact("it has no ids")
    knowledge = _knowledge(manifest.shape, _part(arrays, "knowledge."))
    ids = IdMap(arrays["ids.npy"])
    check_knowledge(knowledge, ids)
    extras = _part(arrays, "extras.")
    check_ranker(manifest.query_config, extras, ids)
    return Artifact(
        digest=digest,
        ids=ids,
        knowledge=knowledge,
        query_config=manifest.query_config,
        meta=manifest.meta,
        extras=extras,
    )


def _fetch(digest: str) -> None:
    folder = distribution.temporary_folder()
    try:
        distribution.download(digest, folder)
        settle(folder, digest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _map(path: Path, facts: FileFacts) -> NDArray[Any]:
    verify_file(path, facts)
    try:
        array: NDArray[Any] = np.load(
            path,
            mmap_mode="r" if facts.bytes >= MAP_FROM_BYTES else None,
            allow_pickle=False,
        )
    except (OSError, ValueError, EOFError) as error:
        raise BrokenArtifact(f"{path.name} cannot be read: {error}") from error
    same = array.dtype.str == facts.dtype and array.shape == facts.shape
    if not same or array.dtype.kind not in PLAIN_KINDS:
        raise BrokenArtifact(f"{path.name} holds {array.dtype} {array.shape}")
    array.flags.writeable = False
    # The same mapped bytes; numpy's own class for them is slow to slice.
    return np.asarray(array)


def _part(arrays: Arrays, prefix: str) -> Arrays:
    return {
        name.removeprefix(prefix).removesuffix(".npy"): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def _knowledge(shape: str, arrays: Arrays) -> Knowledge:
    if shape not in SHAPES:
        raise BrokenArtifact(f"the shape {shape!r} is not known here")
    try:
        knowledge: Knowledge = SHAPES[shape].from_arrays(arrays)
    except KeyError as error:
        raise BrokenArtifact(f"the array {error} is missing") from error
    return knowledge
