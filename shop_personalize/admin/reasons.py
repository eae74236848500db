"""Why events are refused, and how to mend it; by the word the intake uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import Promise

REASONS: dict[str, tuple[Promise, Promise]] = {
    "unknown_kind": (
        gettext_lazy("a kind of event we do not know"),
        gettext_lazy(
            "Name it in SHOP_PERSONALIZE['EVENTS'], or send one that is known."
        ),
    ),
    "missing_item": (
        gettext_lazy("no product"),
        gettext_lazy("Send the product's id with the event."),
    ),
    "unknown_item": (
        gettext_lazy("a product the shop does not have"),
        gettext_lazy("Send the id the catalog uses; SKU or name may need a setting."),
    ),
    "too_old": (
        gettext_lazy("more than 72 hours old"),
        gettext_lazy("Send events when they happen; older ones come in by “import”."),
    ),
    "in_future": (
        gettext_lazy("in the future"),
        gettext_lazy("The sender's clock is ahead; set it, or leave the time out."),
    ),
    "too_long": (
        gettext_lazy("a text too long"),
        gettext_lazy("Shorten the field that is named in the detail."),
    ),
    "bad_text": (
        gettext_lazy("a text that cannot be stored"),
        gettext_lazy("It holds a NUL or half a character; mend the sender's encoding."),
    ),
    "bad_currency": (
        gettext_lazy("not a currency"),
        gettext_lazy("Send a three-letter code such as EUR."),
    ),
    "bad_quantity": (
        gettext_lazy("not a quantity"),
        gettext_lazy("Send a number above zero."),
    ),
    "bad_value": (
        gettext_lazy("not a price"),
        gettext_lazy("Send a plain number, not below zero."),
    ),
    "bad_context": (
        gettext_lazy("context that is not JSON"),
        gettext_lazy("Send plain texts and numbers as context."),
    ),
    "not_an_object": (
        gettext_lazy("not an event at all"),
        gettext_lazy("Send a JSON object, or a list of them."),
    ),
    "unreadable": (
        gettext_lazy("not readable"),
        gettext_lazy("Look at the payload; its form is none that is known."),
    ),
    "missing_event": (
        gettext_lazy("does not say what happened"),
        gettext_lazy("Send the kind of event, such as view or view_item."),
    ),
    "missing_items": (
        gettext_lazy("no list of products"),
        gettext_lazy("GA4 events of this kind carry “items”; send it."),
    ),
    "too_many_items": (
        gettext_lazy("too many products in one event"),
        gettext_lazy("Send at most 200 products with an event."),
    ),
    "missing_currency": (
        gettext_lazy("a value without a currency"),
        gettext_lazy("Send “currency” with every “value”."),
    ),
    "missing_transaction_id": (
        gettext_lazy("a purchase without an order number"),
        gettext_lazy("Send “transaction_id”; it is how a sale is counted once."),
    ),
    "bad_type": (
        gettext_lazy("a field of the wrong type"),
        gettext_lazy("Send the field named in the detail as a text or a number."),
    ),
    "bad_time": (
        gettext_lazy("not a time"),
        gettext_lazy("Send an ISO 8601 time or seconds since 1970."),
    ),
    "too_large": (
        gettext_lazy("an event too large"),
        gettext_lazy("Send at most 8 KB an event."),
    ),
    "unstorable": (
        gettext_lazy("refused by the database"),
        gettext_lazy("Look at the payload and at the log of the shop."),
    ),
}


def reason_name(reason: str) -> str:
    known = REASONS.get(reason)
    return str(known[0]) if known else reason
