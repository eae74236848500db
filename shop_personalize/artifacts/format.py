"""What an artifact folder looks like; every name and number of it is checked here."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

FORMAT = 1
MANIFEST = "manifest.json"
DIGEST = re.compile(r"[0-9a-f]{64}")
FILE_NAME = re.compile(r"(?:ids|(?:knowledge|extras)\.[a-z][a-z0-9_]{0,60})\.npy")
PLAIN_KINDS = "biufS"
MAX_MANIFEST_BYTES = 4_000_000


class BrokenArtifact(Exception):  # noqa: N818  it names what it is
    """A model file that must not be used, with the reason in plain words."""


@dataclass(frozen=True)
class FileFacts:
    sha256: str
    bytes: int
    dtype: str
    shape: tuple[int, ...]

    @classmethod
    def parse(cls, raw: Any) -> FileFacts:
        return cls(
            sha256=str(raw["sha256"]),
            bytes=int(raw["bytes"]),
            dtype=str(raw["dtype"]),
            shape=tuple(int(size) for size in raw["shape"]),
        )


@dataclass(frozen=True)
class Manifest:
    """The contents of ``manifest.json``; ``digest`` is the hash of its bytes."""

    digest: str
    shape: str
    files: dict[str, FileFacts]
    query_config: dict[str, Any]
    meta: dict[str, Any]

    @property
    def size_bytes(self) -> int:
        return sum(facts.bytes for facts in self.files.values())


def check_digest(digest: str) -> str:
    """Refuse anything that is not a plain hash before it becomes a path."""
    if not DIGEST.fullmatch(digest):
        raise BrokenArtifact(f"{digest!r} is not the name of an artifact")
    return digest


def check_file_name(name: str) -> str:
    if not FILE_NAME.fullmatch(name):
        raise BrokenArtifact(f"{name!r} is not a file of an artifact")
    return name


def dump_manifest(
    *,
    shape: str,
    files: dict[str, FileFacts],
    query_config: dict[str, Any],
    meta: dict[str, Any],
) -> bytes:
    content = {
        "format": FORMAT,
        "shape": shape,
        "files": {name: vars(files[name]) for name in sorted(files)},
        "query_config": query_config,
        "meta": meta,
    }
    return json.dumps(content, sort_keys=True, indent=1, allow_nan=False).encode()


def parse_manifest(digest: str, content: bytes) -> Manifest:
    """Believe a manifest only if it is the one its folder is named after."""
    if hashlib.sha256(content).hexdigest() != check_digest(digest):
        raise BrokenArtifact("the manifest was changed")
    try:
        raw = json.loads(content)
        if raw["format"] != FORMAT:
            raise BrokenArtifact(f"format {raw['format']!r} is not known here")
        files = {
            check_file_name(name): FileFacts.parse(facts)
            for name, facts in raw["files"].items()
        }
        return Manifest(digest, raw["shape"], files, raw["query_config"], raw["meta"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenArtifact(f"the manifest cannot be read: {error}") from error


def read_manifest(folder: Path) -> Manifest:
    try:
        with (folder / MANIFEST).open("rb") as file:
            content = file.read(MAX_MANIFEST_BYTES)
    except OSError as error:
        raise BrokenArtifact(f"the manifest is missing: {error.strerror}") from error
    return parse_manifest(folder.name, content)


def file_facts(path: Path, array: np.ndarray[Any, Any]) -> FileFacts:
    return FileFacts(hash_file(path), path.stat().st_size, array.dtype.str, array.shape)


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_file(path: Path, facts: FileFacts) -> None:
    """Compare a file with what the manifest says of it."""
    try:
        size = path.stat().st_size
        same = size == facts.bytes and hash_file(path) == facts.sha256
    except OSError as error:
        raise BrokenArtifact(f"{path.name} is missing: {error.strerror}") from error
    if not same:
        raise BrokenArtifact(f"{path.name} is not what was written")
