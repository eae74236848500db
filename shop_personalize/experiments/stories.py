"""What variants change and what happened to an experiment, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from shop_personalize.admin.names import name_of
from shop_personalize.admin.numbers import percent
from shop_personalize.experiments.changes import CHAIN, FIELDS, HIDDEN, ONLY, WITHOUT
from shop_personalize.experiments.words import signed_percent, split, title_of
from shop_personalize.models import Block, Recommender, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.experiments.models import Arm, Entry


def changes_of(arms: Iterable[Arm]) -> dict[str, list[str]]:
    """By letter, what each variant changes; two queries at most."""
    rows = list(arms)
    slugs = {slug for arm in rows for slug in arm.changes.get(CHAIN, ())}
    pks = {
        pk
        for arm in rows
        for name in (WITHOUT, ONLY)
        for pk in arm.changes.get(name, ())
    }
    asked = Recommender.objects.filter(slug__in=slugs) if slugs else ()
    names = {each.slug: name_of(each) for each in asked}
    rules = (
        dict(Rule.objects.filter(pk__in=pks).values_list("pk", "name")) if pks else {}
    )
    return {arm.key: _told(arm.changes, names, rules) for arm in rows}


def _told(
    changes: dict[str, Any], names: dict[str, str], rules: dict[int, str]
) -> list[str]:
    found = []
    if changes.get(HIDDEN):
        found.append(_("the block is not shown"))
    if CHAIN in changes:
        chain = " → ".join(names.get(slug, slug) for slug in changes[CHAIN])
        found.append(_("asked are: %(chain)s") % {"chain": chain})
    found += [
        f"{Block._meta.get_field(name).verbose_name}: {_value(changes[name])}"  # type: ignore[union-attr]
        for name in FIELDS
        if name in changes
    ]
    if changes.get(WITHOUT):
        found.append(
            _("without: %(rules)s") % {"rules": _listed(changes[WITHOUT], rules)}
        )
    if ONLY in changes:
        kept = _listed(changes[ONLY], rules) or _("none")
        found.append(_("of the rules only: %(rules)s") % {"rules": kept})
    return found or [_("nothing: as the block is")]


def _listed(pks: Iterable[int], rules: dict[int, str]) -> str:
    return ", ".join(f"“{rules.get(pk, pk)}”" for pk in pks)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(localize(value))


def told(entry: Entry, names: dict[str, str]) -> str:
    """A line of the history; ``names`` are those of the variants by letter."""
    tell = _TOLD.get(entry.verb)
    if tell is not None:
        return tell(entry.facts, names)
    said = str(entry.get_verb_display())
    return f"{said[:1].upper()}{said[1:]}."


def _started(facts: dict[str, Any], names: dict[str, str]) -> str:
    share = percent(facts["share"])
    return _("Started with %(share)s of the visitors.") % {"share": share}


def _ramped(facts: dict[str, Any], names: dict[str, str]) -> str:
    return _("Opened from %(before)s to %(share)s of the visitors.") % {
        "before": percent(facts["before"]),
        "share": percent(facts["share"]),
    }


def _reweighed(facts: dict[str, Any], names: dict[str, str]) -> str:
    shares = ", ".join(
        f"“{names.get(key, key)}” {percent(weight, 0)}"
        for key, weight in facts["weights"].items()
    )
    return _("Visitors are shared out anew: %(shares)s.") % {"shares": shares}


def _guarded(facts: dict[str, Any], names: dict[str, str]) -> str:
    return _(
        "Stopped by itself: with “%(arm)s” “%(metric)s” changed by %(by)s "
        "(%(low)s to %(high)s); no more than %(worst)s was allowed."
    ) % {
        "arm": names.get(facts["arm"], facts["arm"]),
        "metric": title_of(facts["metric"]),
        "by": signed_percent(facts["relative"]),
        "low": signed_percent(facts["low"]),
        "high": signed_percent(facts["high"]),
        "worst": signed_percent(-facts["worst"]),
    }


def _alarmed(facts: dict[str, Any], names: dict[str, str]) -> str:
    return _(
        "Traffic alarm: visitors came out as %(split)s; it is not opened any further."
    ) % {"split": split(facts["units"])}


def _decided(facts: dict[str, Any], names: dict[str, str]) -> str:
    words = {"arm": names.get(facts["winner"], facts["winner"])}
    if facts["applied"]:
        return _("“%(arm)s” was chosen and written into the shop.") % words
    return _("“%(arm)s” was chosen; nothing was changed.") % words


def _undone(facts: dict[str, Any], names: dict[str, str]) -> str:
    words = {"arm": names.get(facts["winner"], facts["winner"])}
    return _("The choice of “%(arm)s” was taken back.") % words


_TOLD = {
    "started": _started,
    "ramped": _ramped,
    "reweighed": _reweighed,
    "guarded": _guarded,
    "alarmed": _alarmed,
    "decided": _decided,
    "undone": _undone,
}
