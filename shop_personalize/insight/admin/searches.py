from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Bar, bars
from shop_personalize.admin.numbers import number, percent
from shop_personalize.insight.admin.shown import Shown, Step, Tile, compared, points
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.period import FEW, Period
from shop_personalize.insight.selectors.searches import Searches, Term

SOME = 10


def headline(found: Searches, period: Period) -> str:
    if not found.searches:
        return _("No search has been recorded in this time")
    words = {"n": number(found.searches), "share": percent(found.empty_share)}
    if found.told:
        return _("%(share)s of the searches find nothing") % words
    words["share"] = percent(found.opened / found.searches)
    return _("%(share)s of %(n)s searches lead to a product") % words


def show(found: Searches, period: Period) -> Shown:
    if not found.searches:
        return Shown(missing=_missing())
    return Shown(
        tiles=[
            Tile(
                _("searches"),
                number(found.searches),
                compared(found.searches, found.before),
            ),
            Tile(
                _("found nothing"),
                percent(found.empty_share),
                points(found.empty_share, found.empty_before),
            ),
            Tile(_("opened a product after"), percent(found.opened / found.searches)),
            Tile(_("bought after"), percent(found.bought / found.searches)),
        ],
        step=_step(found),
        charts=list(_charts(found)),
        tables=list(_tables(found)),
        notes=_notes(found),
    )


def _missing() -> Step:
    return Step(
        _(
            "No search has been recorded in this time. Name the URL of the search in "
            "ROUTES:"
        ),
        command='"shop:search": {"event": "search", "query": "q"}',
    )


def _step(found: Searches) -> Step | None:
    if not found.nothing:
        return None
    return Step(
        _(
            "Teach the search what “%(term)s” means: add a synonym, or the product "
            "that people look for."
        )
        % {"term": found.nothing[0].term}
    )


def _charts(found: Searches) -> Iterable[SafeString]:
    if found.top:
        yield bars(
            _("What is searched for most"),
            [Bar(one.term, one.searches) for one in found.top[:SOME]],
        )
    if found.nothing:
        yield bars(
            _("Searched for and not found"),
            [
                Bar(one.term, one.empty or one.searches, tone="b")
                for one in found.nothing[:SOME]
            ],
        )


def _tables(found: Searches) -> Iterable[Table]:
    if found.nothing:
        about = _("Most of these searches find nothing, or lead to no product.")
        yield _table("not-found", _("Not found"), found.nothing, about)
    if found.top:
        yield _table("searches", _("Searched for most"), found.top, "")


def _table(name: str, title: str, terms: Iterable[Term], about: str) -> Table:
    columns = [
        Column(_("searched for"), "text"),
        Column(_("searches")),
        Column(_("people, at least")),
        Column(_("found nothing"), "percent"),
        Column(_("opened a product after"), "percent"),
        Column(_("bought after"), "percent"),
    ]
    rows = [
        [
            one.term,
            one.searches,
            one.people,
            one.empty / one.told if one.told else None,
            one.opened / one.searches,
            one.bought / one.searches,
        ]
        for one in terms
    ]
    return Table(name, title, columns, rows, about)


def _notes(found: Searches) -> list[str]:
    notes = [
        _(
            "A product opened within ten minutes, or bought within a day and before "
            "the next search, counts for the search."
        )
    ]
    if found.rare:
        notes.append(
            _(
                "%(n)s more terms were searched for by fewer than %(few)s people each, "
                "%(searches)s times in all; they are not told, for they may name "
                "somebody."
            )
            % {
                "n": number(found.rare),
                "few": FEW,
                "searches": number(found.rare_searches),
            }
        )
    if not found.told:
        notes.append(
            _(
                "Whether a search found anything is not known: send how many products "
                "it found with the event, as “results”."
            )
        )
    return notes
