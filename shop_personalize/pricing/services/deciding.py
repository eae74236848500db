"""What becomes of a suggestion: a person says, it is written down, it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.catalog.types import Money
from shop_personalize.deeds import log
from shop_personalize.pricing.models import PriceChange, PriceSuggestion
from shop_personalize.pricing.selectors import catalog
from shop_personalize.pricing.selectors.judging import PLANNED, broken_by
from shop_personalize.pricing.selectors.series import same
from shop_personalize.pricing.services import applying
from shop_personalize.pricing.services.records import Verb, record
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.signals import price_approved, price_put_back
from shop_personalize.pricing.words import limit, price

State = PriceSuggestion.State
Origin = PriceSuggestion.Origin
MADE = (State.APPROVED, State.APPLIED)
"""States of a price that was agreed to."""


@transaction.atomic
def approve(
    suggestion: PriceSuggestion,
    *,
    user: Any,
    why: str = "",
    seen: Decimal | None = None,
) -> PriceSuggestion:
    """Agree to a price: it is logged and, where the shop named a way, written.

    ``seen`` is the price the person was shown. Raises RefusedError where another is
    suggested by now, the price changed since, or a rule no longer allows it.
    """
    row = _held(suggestion, State.OPEN)
    if seen is not None and seen != row.suggested:
        words = {"name": row, **_prices(row, now=row.suggested, seen=seen)}
        told = _("“%(name)s”: %(now)s is suggested by now, not %(seen)s.")
        raise RefusedError(told % words)
    today = timezone.localdate()
    if row.due is not None and row.due > today:
        told = _("“%(name)s”: this step is due on %(day)s.")
        day = date_format(row.due, "SHORT_DATE_FORMAT")
        raise RefusedError(told % {"name": row, "day": day})
    known = catalog.product(row.item_id)
    if known is None or known.price is None:
        told = _("“%(name)s” is not for sale any more.")
        raise RefusedError(told % {"name": row})
    _must_be_in(row, known.price)
    if row.origin == Origin.MARKDOWN:
        _take_up(row, known)
    else:
        _must_be(row, known.price, row.price_now)
    _must_be_allowed(row, known)
    money = Money(row.suggested, row.currency)
    is_applied = applying.apply(row.item_id, money)
    row = _decided(row, State.APPLIED if is_applied else State.APPROVED, user, why)
    change = record(row, Verb.APPROVED, is_applied=is_applied, why=why, user=user)
    log(row, _("Approved: %(old)s → %(new)s") % _sides(change), user=user)
    _tell(price_approved, change)
    return row


@transaction.atomic
def dismiss(
    suggestion: PriceSuggestion, *, user: Any, why: str = ""
) -> PriceSuggestion:
    """Leave the price as it is; the product is left in peace for a while."""
    row = _decided(_held(suggestion, State.OPEN), State.DISMISSED, user, why)
    log(row, _("Dismissed. %(why)s") % {"why": why}, user=user)
    return row


@transaction.atomic
def put_back(
    suggestion: PriceSuggestion, *, user: Any, why: str = ""
) -> PriceSuggestion:
    """Have the price it was before; refused where somebody changed it since."""
    row = _held(suggestion, *MADE)
    now, is_applied = catalog.price_of(row.item_id), False
    if now is not None:
        _must_be_in(row, now)
    if row.state == State.APPLIED:
        _must_be(row, now, row.suggested)
        is_applied = applying.apply(row.item_id, Money(row.price_now, row.currency))
    elif now is None or not _is(now.amount, row.price_now):
        _must_be(row, now, row.suggested)
    row.state = State.REVERTED
    row.save(update_fields=["state"])
    change = record(row, Verb.REVERTED, is_applied=is_applied, why=why, user=user)
    log(row, _("Put back: %(old)s → %(new)s") % _sides(change), user=user)
    _tell(price_put_back, change)
    return row


Done = tuple[list[PriceSuggestion], list[str]]


def approve_all(
    rows: Iterable[PriceSuggestion],
    *,
    user: Any,
    seen: Mapping[int, Decimal | None] | None = None,
) -> Done:
    """Each by itself: those done, and why the others were refused.

    ``seen``: the prices the person was shown, by key.
    """
    shown = seen or {}
    return _each(rows, lambda row: approve(row, user=user, seen=shown.get(row.pk)))


def dismiss_all(rows: Iterable[PriceSuggestion], *, user: Any) -> Done:
    return _each(rows, partial(dismiss, user=user))


def _each(
    rows: Iterable[PriceSuggestion], verb: Callable[..., PriceSuggestion]
) -> Done:
    done: list[PriceSuggestion] = []
    refused: list[str] = []
    for row in rows:
        try:
            done.append(verb(row))
        except RefusedError as problem:
            refused.append(str(problem))
    return done, refused


def _held(suggestion: PriceSuggestion, *states: State) -> PriceSuggestion:
    """The row, locked and read anew, if it is in one of ``states``."""
    rows = PriceSuggestion.objects.select_for_update().filter(pk=suggestion.pk)
    row = rows.first()
    if row is None:
        told = _("“%(name)s”: this suggestion is gone by now; look at the list again.")
        raise RefusedError(told % {"name": suggestion})
    if row.state not in states:
        words = {"name": row, "state": row.get_state_display()}
        raise RefusedError(
            _("“%(name)s”: this suggestion is “%(state)s” by now.") % words
        )
    return row


def _must_be(row: PriceSuggestion, now: Money | None, known: Decimal) -> None:
    """Nobody's newer price is overwritten."""
    amount = None if now is None else now.amount
    if amount is None or not _is(amount, known):
        words = {"name": row, **_prices(row, now=amount, known=known)}
        raise RefusedError(
            _(
                "“%(name)s” costs %(now)s now, not %(known)s: the price was changed "
                "since. Nothing was done."
            )
            % words
        )


def _must_be_in(row: PriceSuggestion, now: Money) -> None:
    if not same(now.currency, row.currency):
        words = {"name": row, "now": now.currency, "known": row.currency}
        told = _("“%(name)s” is priced in %(now)s by now, not in %(known)s.")
        raise RefusedError(told % words)


def _is(amount: Decimal, known: Decimal) -> bool:
    """The same, as far as prices are kept."""
    return abs(amount - known) < Decimal("0.00005")


def _prices(row: PriceSuggestion, **amounts: Decimal | None) -> dict[str, str]:
    return {name: price(each, row.currency) for name, each in amounts.items()}


def _take_up(row: PriceSuggestion, known: catalog.Product) -> None:
    """A step begins at what the price is by then, never to rise; older ones lapse."""
    if known.amount <= row.suggested:
        words = {"name": row, "now": price(known.amount, row.currency)}
        raise RefusedError(
            _("“%(name)s” costs %(now)s already: a markdown never raises a price.")
            % words
        )
    row.price_now = known.amount
    row.save(update_fields=["price_now"])
    older = PriceSuggestion.objects.filter(markdown=row.markdown, due__lt=row.due)
    older.filter(state=State.OPEN).update(state=State.EXPIRED)


def _must_be_allowed(row: PriceSuggestion, known: catalog.Product) -> None:
    is_step = row.origin == Origin.MARKDOWN
    left_out = PLANNED if is_step else ()
    found = broken_by(known, float(row.suggested), leaving_out=left_out)
    if found:
        told = [limit(each, row.currency) for each in found]
        words = {"name": row, "rules": "; ".join(told)}
        raise RefusedError(
            _("“%(name)s”: the rules do not allow this price now: %(rules)s.") % words
        )


def _decided(
    row: PriceSuggestion, state: State, user: Any, why: str
) -> PriceSuggestion:
    row.state, row.reason = state, why[:300]
    row.decided_at, row.decided_by = timezone.now(), user
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    return row


def _sides(change: PriceChange) -> dict[str, str]:
    return {
        "old": price(change.old, change.currency),
        "new": price(change.new, change.currency),
    }


def _tell(signal: Any, change: PriceChange) -> None:
    money = Money(change.new, change.currency)
    told = {"item_id": change.item_id, "price": money, "change": change}
    transaction.on_commit(partial(signal.send_robust, None, **told))
