"""Whose an order is: the account, else the browser that placed it, else the e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.contrib.auth import get_user_model

from shop_personalize.capture.merging import merge
from shop_personalize.capture.order_rows import Buyer
from shop_personalize.capture.visitors import visitor_ids
from shop_personalize.models import OrderVisitor, Visitor
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.catalog.types import OrderLine

    Namespace = Literal["guest", "user", "email"]

MOST_REMEMBERED = 200_000


class Buyers:
    """Finds the visitors of order lines in bulk; remembers pseudonyms for one pass."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    def of(self, lines: Sequence[OrderLine]) -> dict[str, Buyer]:
        """The buyer by line key; lines of somebody erased are left out."""
        links = self._links(lines)
        named = [line for line in lines if line.user_id or line.order_id not in links]
        keys = {line.key: self._key_of(line) for line in named}
        ids = visitor_ids(dict(keys.values()))
        found: dict[str, Buyer] = {}
        for line in lines:
            link = links.get(line.order_id)
            if line.key not in keys:
                if link and link.visitor_id:
                    found[line.key] = link
            elif pk := ids.get(keys[line.key][0]):
                found[line.key] = Buyer(pk, link.rids if link else {})
        return found

    def _key_of(self, line: OrderLine) -> tuple[str, Namespace]:
        if line.user_id:
            return self.key("user", line.user_id), "user"
        if line.email:
            return self.key("email", line.email), "email"
        # Nobody we could know again; the order still says what goes together.
        return self.key("guest", f"order:{line.order_id or line.key}"), "guest"

    def key(self, namespace: Namespace, value: str) -> str:
        """The pseudonym, computed once."""
        found = self._keys.get((namespace, value))
        if found is None:
            if len(self._keys) >= MOST_REMEMBERED:
                self._keys.clear()
            found = self._keys[namespace, value] = visitor_key(namespace, value)
        return found

    def _links(self, lines: Sequence[OrderLine]) -> dict[str, Buyer]:
        """Noted while the order was placed; a later webhook has no say in it."""
        orders = {line.order_id for line in lines if line.order_id}
        rows = OrderVisitor.objects.filter(order_id__in=orders).values_list(
            "order_id",
            "visitor_id",
            "visitor__merged_into_id",
            "visitor__is_erased",
            "rids",
        )
        return {
            order: Buyer(0 if erased else into or own, rids)
            for order, own, into, erased, rids in rows
        }

    def merge_emails(self, lines: Sequence[OrderLine]) -> int:
        """A buyer by e-mail who has an account now: the account takes the history.

        Only where the order's address is the account's own: whoever types the address
        of somebody else at the checkout must not inherit their purchases.
        """
        accounts = {
            self.key("email", line.email): line
            for line in lines
            if line.user_id and line.email
        }
        if not accounts:
            return 0
        known = Visitor.objects.filter(
            key__in=accounts, merged_into=None, is_erased=False, kind=Visitor.Kind.EMAIL
        )
        claimed = {key: accounts[key] for key in known.values_list("key", flat=True)}
        emails = _emails({line.user_id for line in claimed.values()})
        return sum(
            merge(key, self.key("user", line.user_id))
            for key, line in claimed.items()
            if emails.get(line.user_id) == line.email.lower()
        )


def _emails(user_ids: set[str]) -> dict[str, str]:
    account = get_user_model()
    if not user_ids or not account.get_email_field_name():
        return {}
    rows = account._default_manager.filter(pk__in=user_ids)
    pairs = rows.values_list("pk", account.get_email_field_name())
    return {str(pk): (email or "").strip().lower() for pk, email in pairs}
