"""What recommendations earned that would not have been sold otherwise, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import MINUS, money, number, percent
from shop_personalize.attribution.uplift import FEWEST_BUYERS, State, Uplift
from shop_personalize.ml.trials import ALARM

JOINED = "\N{WORD JOINER}"
"""Between sign and amount no line is broken."""


@dataclass(frozen=True)
class Told:
    """A figure with its interval, and the sentences that make it understood."""

    figure: str
    interval: str = ""
    about: str = ""
    warning: str = ""
    is_known: bool = False


def told(more: Uplift) -> Told:
    """The figure of the first page; what is missing where there is none yet."""
    if more.state == State.NOTHING_MEASURED and not more.share:
        return Told(
            _("not measured"),
            about=_(
                "Nobody is held out. With “HOLDOUT”: 0.05 in SHOP_PERSONALIZE one "
                "visitor in twenty sees no recommendations, and the difference is what "
                "they earn."
            ),
        )
    if more.state == State.NOTHING_MEASURED:
        return Told(_("too early to say"), about=_about_holdout(more))
    if more.state == State.TOO_EARLY:
        return Told(
            _("too early to say"), about=f"{_about_holdout(more)} {_missing(more)}"
        )
    if not more.is_clear:
        return Told(
            _("not certain yet"),
            interval=_interval(more),
            about=f"{_about_holdout(more)} {_wait()}",
            warning=_imbalance(more),
        )
    return Told(
        signed(more.total, more.currency),
        interval=_interval(more),
        about=f"{_about_holdout(more)} {_difference(more)}",
        warning=_imbalance(more),
        is_known=True,
    )


def headline(more: Uplift) -> str:
    """The title where the figure is known, "" where it is not."""
    if more.state != State.READY:
        return ""
    words = {
        "amount": money(abs(more.total), more.currency),
        "low": signed(more.low, more.currency),
        "high": signed(more.high, more.currency),
        "least": money(min(abs(more.low), abs(more.high)), more.currency),
        "most": money(max(abs(more.low), abs(more.high)), more.currency),
        "days": number(days_of(more)),
    }
    if more.low > 0:
        earned = _(
            "Recommendations earned %(amount)s more in %(days)s days "
            "(%(least)s to %(most)s)"
        )
        return earned % words
    if more.high < 0:
        lost = _(
            "With recommendations %(amount)s less was sold in %(days)s days "
            "(%(least)s to %(most)s)"
        )
        return lost % words
    unsure = _(
        "What recommendations earned in %(days)s days is not certain yet: "
        "between %(low)s and %(high)s"
    )
    return unsure % words


def days_of(more: Uplift) -> int:
    if more.first is None or more.last is None:
        return 0
    return (more.last - more.first).days + 1


def signed(amount: float, currency: str) -> str:
    sign = MINUS if amount < 0 else "+" if amount > 0 else ""
    return f"{sign}{JOINED if sign else ''}{money(abs(amount), currency)}"


def _interval(more: Uplift) -> str:
    words = {
        "low": signed(more.low, more.currency),
        "high": signed(more.high, more.currency),
    }
    return _("with 95 %% certainty between %(low)s and %(high)s") % words


def _about_holdout(more: Uplift) -> str:
    words = {"share": percent(more.share), "held": number(more.held)}
    if not more.held:
        return _("%(share)s of visitors see no recommendations, to compare with.") % (
            words
        )
    return (
        ngettext(
            "%(share)s of visitors see no recommendations, to compare with: "
            "%(held)s in this time.",
            "%(share)s of visitors see no recommendations, to compare with: "
            "%(held)s in this time.",
            more.held,
        )
        % words
    )


def _missing(more: Uplift) -> str:
    words = {"bought": number(more.held_buyers), "needed": number(FEWEST_BUYERS)}
    return (
        ngettext(
            "%(bought)s of them bought; with %(needed)s, and a week gone by, "
            "the figure comes.",
            "%(bought)s of them bought; with %(needed)s, and a week gone by, "
            "the figure comes.",
            more.held_buyers,
        )
        % words
    )


def _wait() -> str:
    return _("What is sold differs too much from visitor to visitor to say more yet.")


def _difference(more: Uplift) -> str:
    words = {
        "each": money(abs(more.per_visitor), more.currency),
        "served": number(more.served),
    }
    if more.per_visitor < 0:
        less = _("The others spent %(each)s less each, times %(served)s visitors.")
        return less % words
    return _("The others spent %(each)s more each, times %(served)s visitors.") % words


def _imbalance(more: Uplift) -> str:
    if more.balance_p >= ALARM:
        return ""
    return _(
        "The two groups are not of the size they should be, which chance does not "
        "explain. Take the figure with care: something may keep one group away."
    )
