"""The way of a model between hosts: a private alias of ``STORAGES``, if one is named.

The files of an artifact are the same everywhere, so copying is all there is to do.
"""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from shop_personalize.artifacts.format import (
    MANIFEST,
    BrokenArtifact,
    parse_manifest,
    read_manifest,
    verify_file,
)
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC_ALIAS = "default"
PREFIX = "shop_personalize/artifacts"


def storage() -> Storage | None:
    """The shared storage; ``None`` when the local folder is all there is."""
    alias = app_settings.STORAGE
    return None if alias == PUBLIC_ALIAS else storages[alias]


def upload(digest: str) -> None:
    """Copy an artifact to the shared storage; the manifest last, so none is half."""
    shared = storage()
    if shared is None or shared.exists(_key(digest, MANIFEST)):
        return
    folder = app_settings.artifact_cache / digest
    for name in [*read_manifest(folder).files, MANIFEST]:
        key = _key(digest, name)
        if shared.exists(key):
            shared.delete(key)
        with (folder / name).open("rb") as file:
            kept = shared.save(key, File(file))
        if kept != key:
            raise BrokenArtifact(f"the storage renamed {key} to {kept}")


def download(digest: str, folder: Path) -> None:
    """Fetch an artifact into a temporary folder and verify it there."""
    shared = storage()
    if shared is None:
        raise BrokenArtifact("there is no such artifact on this host")
    try:
        with shared.open(_key(digest, MANIFEST)) as file:
            content = file.read()
        manifest = parse_manifest(digest, content)
        (folder / MANIFEST).write_bytes(content)
        for name, facts in manifest.files.items():
            with (
                shared.open(_key(digest, name)) as source,
                (folder / name).open("xb") as out,
            ):
                shutil.copyfileobj(source, out)
            verify_file(folder / name, facts)
    except OSError as error:
        raise BrokenArtifact(f"the storage does not answer: {error}") from error


def remove(digest: str) -> None:
    shared = storage()
    if shared is None or not shared.exists(_key(digest, MANIFEST)):
        return
    with shared.open(_key(digest, MANIFEST)) as file:
        manifest = parse_manifest(digest, file.read())
    for name in [MANIFEST, *manifest.files]:
        shared.delete(_key(digest, name))


def temporary_folder() -> Path:
    folder = app_settings.artifact_cache / f".writing-{uuid.uuid4().hex}"
    folder.mkdir(parents=True, mode=0o750)
    return folder


def _key(digest: str, name: str) -> str:
    return f"{PREFIX}/{digest}/{name}"
