"""Model files: immutable folders named by their hash, read by mapping into memory.

``write`` leaves ``<ARTIFACT_CACHE>/<hash>/`` with ``.npy`` files and a manifest that
holds the sha256, size, dtype and shape of each; the hash of the manifest is the
folder's name, so one name stands for every byte. ``load`` verifies all of it once a
process and maps the arrays. Nothing is ever rewritten in place.

Where the files live: ``ARTIFACT_CACHE`` is a private local folder, by default beside
``MEDIA_ROOT``, never inside. ``STORAGE = "default"`` is Django's media storage, which
shops serve to the public: it is *not* used, the local folder is all there is. A shop
with several hosts defines a private alias in ``STORAGES`` and names it in ``STORAGE``:
then every model is copied there after it is written, and a host that lacks one copies
it once into its own folder.

This package imports NumPy and nothing heavier: web workers read with it.
"""

from shop_personalize.artifacts.format import BrokenArtifact
from shop_personalize.artifacts.holding import forget, live, load
from shop_personalize.artifacts.reading import Artifact
from shop_personalize.artifacts.writing import Stored, delete, stored, sweep, write

__all__ = [
    "Artifact",
    "BrokenArtifact",
    "Stored",
    "delete",
    "forget",
    "live",
    "load",
    "stored",
    "sweep",
    "write",
]
