"""What people decide about suggestions: each step is theirs, and is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize.supply.models import Reorder
from shop_personalize.supply.services.records import log
from shop_personalize.supply.services.refused import RefusedError

State = Reorder.State
DECIDED = (State.APPROVED, State.CHANGED)
MOST = 2_000_000_000


@transaction.atomic
def approve(reorder: Reorder, *, user: Any = None) -> Reorder:
    """Say yes to the quantity suggested; nothing is sent to anybody."""
    row = held(reorder, State.OPEN)
    return _moved(row, State.APPROVED, _("Approved: %(n)s."), user, n=row.quantity)


@transaction.atomic
def change(reorder: Reorder, *, quantity: int, user: Any = None) -> Reorder:
    """Say yes to another quantity."""
    row = held(reorder, State.OPEN, *DECIDED)
    if not 1 <= quantity <= MOST:
        told = _("The quantity must be 1 or more, not %(n)s; dismiss it to order none.")
        raise RefusedError(told % {"n": quantity})
    before, row.quantity = row.quantity, quantity
    told = _("Approved: %(n)s instead of %(before)s.")
    state = State.APPROVED if quantity == row.suggested else State.CHANGED
    return _moved(row, state, told, user, n=quantity, before=before)


@transaction.atomic
def dismiss(reorder: Reorder, *, reason: str = "", user: Any = None) -> Reorder:
    """Say no; it is not suggested again before the next regular look."""
    row = held(reorder, State.OPEN, *DECIDED)
    row.reason = reason.strip()[:200]
    told = _("Dismissed: %(n)s. %(reason)s")
    return _moved(row, State.DISMISSED, told, user, n=row.quantity, reason=row.reason)


@transaction.atomic
def order(reorder: Reorder, *, user: Any = None) -> Reorder:
    """Note that it was ordered; the delivery is expected a lead time from now."""
    row = held(reorder, *DECIDED)
    row.ordered_at = timezone.now()
    lead = float(row.facts.get("lead", 0))
    row.due_on = timezone.localdate() + timedelta(days=round(lead))
    return _moved(row, State.ORDERED, _("Ordered: %(n)s."), user, n=row.quantity)


@transaction.atomic
def receive(
    reorder: Reorder, *, quantity: int | None = None, user: Any = None
) -> Reorder:
    """Note that it came; the shop's own stock is the shop's to count."""
    row = held(reorder, State.ORDERED)
    if quantity is not None and not 0 <= quantity <= MOST:
        told = _("The quantity received must be 0 or more, not %(n)s.")
        raise RefusedError(told % {"n": quantity})
    before = row.quantity
    row.quantity = before if quantity is None else quantity
    row.received_at = timezone.now()
    told = _("Received: %(n)s of %(before)s.")
    return _moved(row, State.RECEIVED, told, user, n=row.quantity, before=before)


def held(reorder: Reorder, *states: State) -> Reorder:
    """The row, locked and read anew, if it is in one of ``states``."""
    row = Reorder.objects.select_for_update().filter(pk=reorder.pk).first()
    if row is None:
        raise RefusedError(
            _("This suggestion was replaced by a newer one; look at the list again.")
        )
    if row.state not in states:
        words = {
            "row": str(row),
            "state": row.get_state_display(),
            "states": ", ".join(str(state.label) for state in states),
        }
        raise RefusedError(
            _("“%(row)s” is %(state)s; this can be done while it is: %(states)s.")
            % words
        )
    return row


def _moved(row: Reorder, state: State, told: str, user: Any, **words: Any) -> Reorder:
    row.state = state
    if state not in {State.ORDERED, State.RECEIVED}:
        row.decided_by, row.decided_at = user, timezone.now()
    row.save()
    log(row, (told % words).strip(), user=user)
    return row
