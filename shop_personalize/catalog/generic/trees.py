"""Categories that have parents: read whole, once a pass, in one query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model

from shop_personalize.catalog.generic.sources import Source, compile_source
from shop_personalize.catalog.paths import label_path, self_key, walk

DEEPEST = 12


@dataclass
class Tree:
    """The parents and names of a category model with a foreign key to itself."""

    model: type[Model]
    parent: str
    label: Source
    """How the name of its leaf is read from a product."""
    rows: dict[Any, tuple[Any, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[Model], spec: Any) -> Tree | None:
        """The tree that ``spec`` leads to from a product, if it is one."""
        if not isinstance(spec, str) or "." in spec or spec[:1] in {"=", "("}:
            return None
        related = walk(model, spec).relation
        parent = self_key(related) if related else ""
        if related is None or not parent:
            return None
        return cls(related, parent, compile_source(model, spec, words=True))

    @property
    def joins(self) -> str:
        return "" if self.label.many else self.label.joins

    def levels(self, up: int) -> list[Source]:
        """How the names of its leaf and of those above it are read from a product."""
        base, _dot, name = self.label.path.rpartition("__")
        if not base or name != label_path(self.model):
            return [self.label]
        paths = (base + f"__{self.parent}" * n + f"__{name}" for n in range(up + 1))
        return [replace(self.label, path=path) for path in paths]

    def load(self) -> None:
        """Read the tree again."""
        name = label_path(self.model)
        rows = self.model._base_manager.values_list("pk", self.parent, name)
        self.rows = {
            pk: (up, "" if word is None else str(word)) for pk, up, word in rows
        }

    def path(self, key: Any) -> tuple[str, ...]:
        """Names from the root to ``key``; a circle ends where it closes."""
        words: list[str] = []
        while key in self.rows and len(words) < DEEPEST:
            key, word = self.rows[key]
            words.append(word)
        return tuple(reversed(words))
