"""Signals of saved orders and lines: hints only, for many a change fires none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_save

from shop_personalize.catalog.paths import Walk, walk

logger = logging.getLogger("shop_personalize")
UID = "shop_personalize.orders."
Changed = Callable[[Any], None]


def connect(model: type[Model], order: Any, changed: Changed) -> None:
    """Call ``changed`` with the key of an order that was saved, or got a line."""
    if not isinstance(order, str) or order[:1] in {"(", "="} or "." in order:
        return
    found = walk(model, order)
    if found.relation is not None:
        _on_save(found.relation, lambda saved: saved.pk, changed, "order")
    if found.many:
        _on_added(found, changed)
    elif "__" not in order:
        name = getattr(found.field, "attname", order)
        _on_save(model, lambda line: getattr(line, name), changed, "line")


def _on_save(
    sender: type[Model], key: Callable[[Any], Any], changed: Changed, name: str
) -> None:
    def saved(*, instance: Any, raw: bool = False, **kwargs: Any) -> None:
        if not raw:
            _tell(changed, key(instance))

    post_save.connect(saved, sender, weak=False, dispatch_uid=UID + name)


def _on_added(found: Walk, changed: Changed) -> None:
    """Orders that hold their lines by a many-to-many are saved before they have any."""
    field = found.field
    through = getattr(field, "through", None) or field.remote_field.through

    def added(*, instance: Any, action: str, **kwargs: Any) -> None:
        if (
            action == "post_add"
            and found.relation
            and isinstance(instance, found.relation)
        ):
            _tell(changed, instance.pk)

    m2m_changed.connect(added, through, weak=False, dispatch_uid=UID + "many")


def _tell(changed: Changed, order: Any) -> None:
    """A receiver that raises would be a 500 at the checkout."""
    try:
        changed(order)
    except Exception:
        logger.exception("an order change could not be noted")
