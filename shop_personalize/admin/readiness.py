"""How ready each recommender is, in a word and a picture."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import NOTHING, days, percent

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from shop_personalize.training.readiness import Readiness

YEAR = 365
logger = logging.getLogger("shop_personalize")


def by_slug() -> dict[str, Readiness]:
    """Empty when it cannot be told: a wrong setting must not take the admin down."""
    try:
        from shop_personalize.training.readiness import readiness

        return {each.slug: each for each in readiness()}
    except Exception:
        logger.warning("readiness could not be told", exc_info=settings.DEBUG)
        return {}


def state(each: Readiness | None) -> SafeString:
    """✔ ready · ◐ 38 % · ○ no data · off."""
    if each is None:
        return format_html('<span class="sp-state">? {}</span>', _("not known"))
    to_train = _("to be trained")
    shown = {
        "ready": ("✔", _("ready")),
        "partial": ("◐", to_train if each.share >= 1 else percent(each.share, 0)),
        "empty": ("○", _("no data yet")),
        "off": (NOTHING, _("off")),
    }
    icon, word = shown[each.state]
    return format_html(
        '<span class="sp-state sp-ready-{}">{} {}</span>', each.state, icon, word
    )


def missing(each: Readiness | None) -> str:
    """What is missing, when it will be there, what is shown until then."""
    if each is None or each.state in {"ready", "off"}:
        return ""
    parts = [each.missing]
    if each.eta_days and each.eta_days > YEAR:
        parts.append(_("more than a year at your rate"))
    elif each.eta_days:
        parts.append(_("about %(time)s at your rate") % {"time": days(each.eta_days)})
    if each.fallback:
        parts.append(_("until then: %(what)s") % {"what": each.fallback})
    return "; ".join(part for part in parts if part)
