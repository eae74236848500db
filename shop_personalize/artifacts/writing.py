"""Write a model once: temporary folder, fsync, rename; then hand it to the storage."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.artifacts import distribution
from shop_personalize.artifacts.format import (
    MANIFEST,
    PLAIN_KINDS,
    BrokenArtifact,
    check_digest,
    check_file_name,
    dump_manifest,
    file_facts,
    read_manifest,
    verify_file,
)
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from pathlib import Path

    from shop_personalize.ml.data import IdMap
    from shop_personalize.ml.knowledge import Arrays, Knowledge

TEMPORARY = ".writing-"
TEMPORARY_LIVES_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Stored:
    digest: str
    size_bytes: int


def write(
    *,
    knowledge: Knowledge,
    ids: IdMap,
    query_config: dict[str, Any],
    meta: dict[str, Any],
    extras: Arrays | None = None,
) -> Stored:
    """Store a model; the same model written twice is the same artifact."""
    arrays = {"ids.npy": np.asarray(ids.ids)}
    for prefix, part in (
        ("knowledge", knowledge.to_arrays()),
        ("extras", extras or {}),
    ):
        arrays |= {f"{prefix}.{name}.npy": np.asarray(part[name]) for name in part}
    root = app_settings.artifact_cache
    root.mkdir(parents=True, exist_ok=True, mode=0o750)
    folder = root / f"{TEMPORARY}{uuid.uuid4().hex}"
    folder.mkdir(mode=0o750)
    try:
        facts = {name: _save(folder / name, array) for name, array in arrays.items()}
        content = dump_manifest(
            shape=knowledge.shape, files=facts, query_config=query_config, meta=meta
        )
        digest = hashlib.sha256(content).hexdigest()
        _write_bytes(folder / MANIFEST, content)
        _sync_folder(folder)
        settle(folder, digest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    distribution.upload(digest)
    return Stored(digest, len(content) + sum(each.bytes for each in facts.values()))


def settle(folder: Path, digest: str) -> None:
    """Give a finished temporary folder its name; a damaged namesake steps aside."""
    target = folder.parent / check_digest(digest)
    if target.exists():
        if is_whole(target):
            return
        aside = folder.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
        target.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    folder.rename(target)
    _sync_folder(folder.parent)


def is_whole(folder: Path) -> bool:
    try:
        manifest = read_manifest(folder)
        for name, facts in manifest.files.items():
            verify_file(folder / name, facts)
    except BrokenArtifact:
        return False
    return True


def stored() -> list[str]:
    """Names of the artifacts in the local folder."""
    root = app_settings.artifact_cache
    if not root.is_dir():
        return []
    return sorted(entry.name for entry in root.iterdir() if len(entry.name) == 64)


def delete(digest: str) -> None:
    """Remove an artifact here and in the storage; readers that map it keep it."""
    folder = app_settings.artifact_cache / check_digest(digest)
    if folder.exists():
        aside = folder.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    distribution.remove(digest)


def sweep() -> int:
    """Remove what writers that died left behind."""
    root = app_settings.artifact_cache
    old = time.time() - TEMPORARY_LIVES_SECONDS
    left = [path for path in root.glob(f"{TEMPORARY}*") if path.stat().st_mtime < old]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _save(path: Path, array: np.ndarray[Any, Any]) -> Any:
    check_file_name(path.name)
    if array.dtype.kind not in PLAIN_KINDS:
        raise BrokenArtifact(
            f"{path.name}: {array.dtype} is not a plain number or text"
        )
    array = np.ascontiguousarray(array)
    with path.open("xb") as file:
        np.save(file, array, allow_pickle=False)
        _flush(file)
    path.chmod(0o440)
    return file_facts(path, array)


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        _flush(file)
    path.chmod(0o440)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced at all."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
