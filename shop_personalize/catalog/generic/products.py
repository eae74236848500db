"""The catalog of a shop described by settings alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shop_personalize.catalog.base import Catalog
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.facts import Knowing
from shop_personalize.catalog.generic.reading import IDS_A_QUERY, Reading


class GenericCatalog(Reading, Knowing, Catalog):
    """``CATALOG = {"model": "shop.Product"}``: what is not given is guessed."""

    def item_id(self, product: Any) -> str:
        if isinstance(product, self.model):
            own = getattr(product, self.parent) if self.parent else None
            return str(own or product.pk)
        key = values.text(getattr(product, "pk", product))
        return self.item_ids([key]).get(key, key)

    def item_ids(self, pks: Iterable[Any]) -> dict[str, str]:
        """Also resolves the shop's other keys (slug, SKU) where ``keys`` names them."""
        left = list(dict.fromkeys(values.text(pk) for pk in pks))
        found: dict[str, str] = {}
        for key in self.config.get("keys") or ("pk",):
            left = [text for text in left if text not in found]
            if not left:
                break
            found |= self.resolve(key, left)
        return found

    def resolve(self, key: str, texts: Sequence[str]) -> dict[str, str]:
        """Canonical ids by the text of another key, such as a SKU; a query per 5000."""
        given = {v: t for t in texts if (v := self.value(key, t)) is not None}
        columns = [key, "pk", *([self.parent] if self.parent else [])]
        found = {}
        for part in _parts(list(given), IDS_A_QUERY):
            rows = self.model._base_manager.filter(**{f"{key}__in": part})
            for value, *ids in rows.values_list(*columns):
                text = given.get(value, values.text(value))
                found[text] = str(ids[-1] if ids[-1] is not None else ids[0])
        return found


def _parts(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
