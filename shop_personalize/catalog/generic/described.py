"""A product model as the settings describe it: what is read, and what may be shown."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from shop_personalize.catalog.discovery import guess_catalog
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.config import merged, model_of
from shop_personalize.catalog.generic.filters import Filter, compile_filter
from shop_personalize.catalog.generic.reader import Reader
from shop_personalize.catalog.generic.sources import Source, compile_source
from shop_personalize.catalog.generic.trees import Tree
from shop_personalize.catalog.types import Money

SHOWN = ("title", "image", "price", "currency")


class Described:
    """Compiles the settings once; what the shop does not say is guessed."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.model = model_of(given["model"])
        guessed = {key: g.value for key, g in guess_catalog(self.model).items()}
        self.config = merged(guessed, given)
        self.scale = self.config.get("price_scale") or 1

    @cached_property
    def sources(self) -> dict[str, Source]:
        config, model = self.config, self.model
        plain = (*SHOWN, "stock", "cost", "created", "updated")
        found = {name: compile_source(model, config.get(name)) for name in plain}
        found["site"] = compile_source(model, config.get("site"), words=True)
        found["brand"] = compile_source(model, config.get("brand"), words=True)
        for at, spec in enumerate(_listed(config.get("text"))):
            found[f"text:{at}"] = compile_source(model, spec, words=True)
        for at, spec in enumerate(_listed(config.get("category"))):
            found[f"category:{at}"] = self._category(spec)
        for name, spec in (config.get("attributes") or {}).items():
            found[f"attribute:{name}"] = compile_source(model, spec, words=True)
        return found

    def _category(self, spec: Any) -> Source:
        """A category that has parents is read by key, and named by its tree."""
        return compile_source(self.model, spec, words=self._tree(spec) is None)

    def _tree(self, spec: Any) -> Tree | None:
        return Tree.of(self.model, spec)

    @cached_property
    def trees(self) -> dict[str, Tree]:
        specs = enumerate(_listed(self.config.get("category")))
        found = {f"category:{at}": self._tree(spec) for at, spec in specs}
        return {name: tree for name, tree in found.items() if tree}

    @cached_property
    def filters(self) -> dict[str, Filter]:
        names = ("visible", "available")
        return {n: compile_filter(self.model, self.config.get(n)) for n in names}

    @cached_property
    def reader(self) -> Reader:
        bulk = {name: each for name, each in self.sources.items() if name != "cost"}
        return Reader(self.model, bulk, self.filters)

    @cached_property
    def parent(self) -> str:
        """The attribute of the key of a variant's parent, such as ``parent_id``."""
        name = self.config.get("parent")
        return self.model._meta.get_field(name).attname if name else ""  # type: ignore[union-attr]

    def _canonical(self) -> QuerySet:
        found = self.model._default_manager.all()
        return (
            found.filter(**{f"{self.parent}__isnull": True}) if self.parent else found
        )

    def _money(self, price: Any, code: Any) -> Money | None:
        """A price of any kind; the lowest where there are several."""
        if isinstance(price, Decimal) and not isinstance(code, list):
            amount = values.price(price, self.scale)
            return None if amount is None else Money(amount, values.currency(code))
        given = price if isinstance(price, list) else [price]
        found = [values.price(one, self.scale) for one in given]
        known = [amount for amount in found if amount is not None]
        if not known:
            return None
        if isinstance(code, list):
            code = code[0] if code else ""
        carried = getattr(given[0], "currency", "")
        return Money(min(known), values.currency(code or carried))

    def value(self, key: str, text: str) -> Any:
        """A text as a value of the field ``key``; ``None`` if it cannot be one."""
        field = self.model._meta.pk if key == "pk" else None
        try:
            found = field.to_python(text) if field else text
        except (ValidationError, ValueError, OverflowError):
            return None
        return found if values.storable(found) else None

    def pks(self, ids: Any) -> list[Any]:
        """The keys of ids; an id that cannot be a key is left out."""
        found = (self.value("pk", str(one)) for one in ids)
        return [pk for pk in found if pk is not None]


def _listed(spec: Any) -> list[Any]:
    if spec is None or spec == "":
        return []
    return list(spec) if isinstance(spec, list | tuple) else [spec]
