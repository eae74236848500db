"""What this process holds: models by hash, and the last good one of each name."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict

from shop_personalize.artifacts.format import BrokenArtifact
from shop_personalize.artifacts.reading import Artifact, read
from shop_personalize.models import ModelVersion, Recommender

logger = logging.getLogger("shop_personalize")

HELD = 48
RETRY_SECONDS = 30.0
OLDER_TRIED = 5


class Holder:
    """Artifacts of one process. Only loading takes a lock."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Artifact] = OrderedDict()
        self._broken: dict[str, tuple[float, str]] = {}
        self._good: dict[str, Artifact] = {}
        self._nothing_until: dict[str, float] = {}

    def renew_lock(self) -> None:
        """A fork may copy the lock while another thread holds it."""
        self._lock = threading.Lock()

    def load(self, digest: str) -> Artifact:
        held = self._held.get(digest)
        if held is not None:
            return held
        with self._lock:
            held = self._held.get(digest)
            return held if held is not None else self._read(digest)

    def _read(self, digest: str) -> Artifact:
        until, why = self._broken.get(digest, (0.0, ""))
        if time.monotonic() < until:
            raise BrokenArtifact(why)
        try:
            artifact = read(digest)
        except BrokenArtifact as error:
            self._broken[digest] = (time.monotonic() + RETRY_SECONDS, str(error))
            logger.error("model %s is refused: %s", digest[:12], error)
            raise
        self._broken.pop(digest, None)
        self._held[digest] = artifact
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return artifact

    def live(self, recommender: Recommender) -> Artifact | None:
        version = recommender.live_version
        if version is None:
            self._good.pop(recommender.slug, None)
            return None
        try:
            artifact = self.load(version.artifact)
        except BrokenArtifact:
            return self._good.get(recommender.slug) or self._older(recommender)
        self._good[recommender.slug] = artifact
        return artifact

    def _older(self, recommender: Recommender) -> Artifact | None:
        """A process that never held a good one looks for the newest that is whole."""
        if time.monotonic() < self._nothing_until.get(recommender.slug, 0.0):
            return None
        self._nothing_until[recommender.slug] = time.monotonic() + RETRY_SECONDS
        digests = (
            ModelVersion.objects.filter(
                recommender=recommender, status=ModelVersion.Status.RETIRED
            )
            .exclude(artifact="")
            .order_by("-published_at")
            .values_list("artifact", flat=True)[:OLDER_TRIED]
        )
        for digest in digests:
            try:
                artifact = self.load(digest)
            except BrokenArtifact:
                continue
            self._good[recommender.slug] = artifact
            return artifact
        return None


holder = Holder()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=holder.renew_lock)


def load(digest: str) -> Artifact:
    """One artifact, verified at first use; raises :class:`BrokenArtifact`."""
    return holder.load(digest)


def live(recommender: Recommender) -> Artifact | None:
    """What ``recommender`` serves with; a broken one gives way to the last good one."""
    try:
        return holder.live(recommender)
    except Exception:  # a model must never take a page down
        logger.exception("the model of %s cannot be read", recommender.slug)
        return None


def forget() -> None:
    """Let go of everything this process holds."""
    holder.reset()
