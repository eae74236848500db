"""What became of a price, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import number
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from shop_personalize.pricing.models import PriceChange
    from shop_personalize.pricing.selectors.after import After


def changed(row: PriceChange) -> str:
    """“Approved: £12.75 → £13.95”."""
    words = {
        "verb": str(row.get_verb_display()).capitalize(),
        "old": price(row.old, row.currency),
        "new": price(row.new, row.currency),
    }
    if row.is_applied:
        return _("%(verb)s: %(old)s → %(new)s") % words
    return _("%(verb)s: %(old)s → %(new)s (recorded only)") % words


def happened(row: PriceChange, after: After | None) -> str:
    """Units before and after, beside what was expected."""
    if row.verb != row.Verb.APPROVED:
        return ""
    if after is None:
        return _("Too early to say.")
    words = {
        "before": number(after.before),
        "after": number(after.after),
        "expected": number(after.expected),
        "n": number(after.weeks, 0),
    }
    told = ngettext(
        "%(before)s before, %(after)s in the %(n)s week after; %(expected)s expected.",
        "%(before)s before, %(after)s in the %(n)s weeks after; %(expected)s expected.",
        after.weeks,
    )
    return told % words
