from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from shop_personalize.experiments.models import Arm, Experiment
from shop_personalize.experiments.services.refused import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@transaction.atomic
def plan(
    *,
    name: str,
    arms: Iterable[Mapping[str, Any]],
    slug: str = "",
    ramp: Mapping[int, float] | None = None,
    guardrails: Mapping[str, float] | None = None,
    user: Any = None,
    **fields: Any,
) -> Experiment:
    """Draft an experiment; nothing is shown to anybody before ``start``.

    ``arms``: ``{"name": …, "changes": {…}, "weight": 50}``, the control first; without
    weights all get the same. ``ramp``: share of visitors in percent by days after the
    start. ``guardrails``: percent by metric. Other ``fields`` are those of the model.
    """
    experiment = Experiment(
        name=name, slug=slug or free_slug(name), created_by=user, **fields
    )
    _cleaned(experiment)
    experiment.save()
    given = list(arms)
    for at, arm in enumerate(given):
        weight = arm.get("weight", 100 / len(given))
        key = arm.get("key") or LETTERS[at % len(LETTERS)]
        row = Arm(
            experiment=experiment,
            key=key,
            name=arm.get("name") or key.upper(),
            weight=weight,
            changes=arm.get("changes", {}),
            position=at,
        )
        _cleaned(row)
        row.save()
    for day, share in (ramp or {0: 100.0}).items():
        experiment.ramp.create(day=day, share=share)
    for metric, worst in (guardrails or {}).items():
        experiment.guardrails.create(metric=metric, worst=worst)
    return experiment


def free_slug(name: str) -> str:
    """A short name that no experiment has yet."""
    stem = slugify(name)[:20].strip("-") or "experiment"
    taken = set(
        Experiment.objects.filter(slug__startswith=stem[:17]).values_list(
            "slug", flat=True
        )
    )
    found, number = stem, 2
    while found in taken:
        found = f"{stem[: 19 - len(str(number))]}-{number}"
        number += 1
    return found


def _cleaned(row: Experiment | Arm) -> None:
    try:
        row.full_clean(exclude=["experiment"])
    except ValidationError as error:
        raise RefusedError("; ".join(_sentences(error))) from None


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{name}: {text}"
        for name, texts in error.message_dict.items()
        for text in texts
    ]
