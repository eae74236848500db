"""How sure forecasts are, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import number, percent
from shop_personalize.supply import words
from shop_personalize.supply.models import Level

if TYPE_CHECKING:
    from shop_personalize.supply.selectors import accuracy, series


def sure(told: series.Told | None, level: str = Level.PRODUCT) -> str:
    if told is None:
        return ""
    return words.accuracy(told.run.accuracy.get(level, {}), told.run.grain)


def promises(told: series.Told | None) -> list[dict[str, str]]:
    """Class by class: promised, kept by the forecast itself, kept and asked now."""
    found = told.run.promise if told else {}
    return [
        {
            "class": name,
            **{key: percent(one[key], 1) for key in ("promised", "plain", "learned")},
            "asked": words.level(one["asked"]),
            "cases": number(one["cases"]),
        }
        for name, one in sorted(found.items())
    ]


def drift(found: accuracy.Drift) -> str:
    told = _(
        "The forecast has become worse: off by %(now)s of what was sold, beside "
        "%(then)s in its test (%(level)s). Has something changed that it cannot know "
        "of? Add it as an event, or make a new forecast."
    )
    return told % {
        "now": percent(found.now, 0),
        "then": percent(found.then, 0),
        "level": str(Level(found.level).label),
    }


def method(told: series.Told | None) -> str:
    if told is None:
        return ""
    shown = told.series
    if shown.error is None:
        text = _("Method: %(method)s. How far off it may be cannot be told yet.")
        return text % {"method": shown.method}
    text = _(
        "Method: %(method)s. Held to the last periods that are known, it was off by "
        "%(error)s of what was sold."
    )
    return text % {"method": shown.method, "error": percent(shown.error, 0)}
