from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Group, funnel, grouped
from shop_personalize.admin.numbers import number, percent
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    points,
    visits_missing,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.funnel import Funnel
from shop_personalize.insight.selectors.period import Period


def headline(found: Funnel, period: Period) -> str:
    now = found.now
    if not now.visitors:
        return _("No visit has been recorded in this time")
    words = {
        "share": percent(now.bought / now.visitors),
        "visitors": number(now.visitors),
        "where": _places()[found.lost()],
    }
    return (
        _("%(share)s of %(visitors)s visitors bought; most are lost %(where)s") % words
    )


def show(found: Funnel, period: Period) -> Shown:
    now, before = found.now, found.before
    if not now.visitors:
        return Shown(missing=visits_missing())
    return Shown(
        tiles=[
            Tile(
                _names()[k],
                number(now.counts[k]),
                compared(now.counts[k], before.counts[k]),
            )
            for k in found.steps()
        ],
        step=_step(found),
        charts=[funnel(_("All visitors"), _drawn(found)), _apart(found)],
        tables=[_table(found)],
        notes=_notes(found),
    )


def _names() -> tuple[str, ...]:
    return (
        _("visited the shop"),
        _("looked at a product"),
        _("put something into the basket"),
        _("began to check out"),
        _("bought"),
    )


def _places() -> tuple[str, ...]:
    return (
        "",
        _("before they look at a product"),
        _("between looking and the basket"),
        _("between the basket and the checkout"),
        _("at the checkout"),
    )


def _drawn(found: Funnel) -> list[tuple[str, float]]:
    return [(_names()[k], found.now.counts[k]) for k in found.steps()]


def _apart(found: Funnel) -> SafeString:
    """New and returning visitors side by side, each as shares of their own."""
    parts = [
        (_("here for the first time"), found.new),
        (_("been here before"), found.known),
    ]
    told = [(name, reached) for name, reached in parts if reached.visitors]
    return grouped(
        _("New and returning visitors: what share comes to each step"),
        [name for name, _reached in told],
        [
            Group(
                _names()[k],
                [reached.counts[k] / reached.visitors for _name, reached in told],
            )
            for k in found.steps()[1:]
        ],
        write=percent,
    )


def _step(found: Funnel) -> Step:
    """What fell most against the period before, else where most are lost."""
    worse = found.worsened()
    advice = {
        1: (
            _(
                "Let people meet products sooner: show best sellers and new arrivals "
                "on the first page."
            ),
            "admin:shop_personalize_block_changelist",
            _("See the blocks"),
        ),
        2: (
            _(
                "Help them find the right one: show similar products beside a product, "
                "and look at what is viewed often and bought seldom."
            ),
            "products",
            _("See products"),
        ),
        3: (
            _(
                "Make the basket a good place to go on from: show what goes with it, "
                "and say what delivery costs."
            ),
            "admin:shop_personalize_block_changelist",
            _("See the blocks"),
        ),
        4: (
            _(
                "Look at the checkout yourself, on a phone: every field and every "
                "surprise costs buyers."
            ),
            "",
            "",
        ),
    }
    text, url, link = advice[worse or found.lost()]
    if worse:
        fall = points(found.kept(found.now, worse), found.kept(found.before, worse))
        why = _("Fewer than before go on here: %(step)s, %(fall)s.") % {
            "step": _names()[worse],
            "fall": fall,
        }
        text = f"{why} {text}"
    return Step(text, url=url, link=link)


def _table(found: Funnel) -> Table:
    groups = (found.now, found.before, found.new, found.known)
    rows = [
        [
            _names()[k],
            *(cell for one in groups for cell in (one.counts[k], found.kept(one, k))),
        ]
        for k in found.steps()
    ]
    columns = [
        Column(_("step"), "text"),
        Column(_("visitors")),
        Column(_("kept"), "percent"),
        Column(_("period before")),
        Column(_("kept, period before"), "percent"),
        Column(_("for the first time")),
        Column(_("kept, first time"), "percent"),
        Column(_("been here before")),
        Column(_("kept, been before"), "percent"),
    ]
    about = _("“Kept” is the share of those who came to the step before.")
    return Table("funnel", _("Step by step"), columns, rows, about)


def _notes(found: Funnel) -> list[str]:
    notes = [
        _(
            "A visitor counts once, at the furthest step reached in these days. Who "
            "comes back with another browser and does not log in is a visitor of their "
            "own."
        )
    ]
    if not found.has_checkout:
        notes.append(
            _(
                "The checkout is not recorded, so that step is left out: name its URL "
                "in ROUTES."
            )
        )
    if found.elsewhere:
        notes.append(
            _(
                "%(n)s buyers are not counted here, because nobody saw them in the "
                "shop: orders by telephone, in a store, or from a browser that could "
                "not be told."
            )
            % {"n": number(found.elsewhere)}
        )
    return notes
