"""How far each recommender is: what it has, what it lacks, when it will be there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize import catalog
from shop_personalize.models import BlockStep, ModelVersion, Recommender
from shop_personalize.registry import RecommenderSpec, spec
from shop_personalize.training.kinds import CONNECTION, RATE_DAYS, Counts, counted

State = Literal["ready", "partial", "empty", "off"]


@dataclass(frozen=True)
class Readiness:
    """One line of the readiness table; ``share`` is 0 to 1 of what is needed."""

    slug: str
    title: str
    state: State
    share: float
    have: int
    need: int
    missing: str
    eta_days: float | None
    fallback: str
    products: int


def readiness() -> list[Readiness]:
    """Every recommender in the order of the registry's table."""
    rows = list(_with_reasons())
    counts, products = counted(), catalog.get_catalog().count()
    fallbacks = _fallbacks(rows)
    return [
        _of(row, found, counts, products, fallbacks.get(row.pk, ""))
        for row in rows
        if (found := spec(row.algorithm)) is not None
    ]


def _with_reasons() -> QuerySet[Recommender]:
    """With their live version, and what became of the last one made."""
    last = ModelVersion.objects.filter(recommender=OuterRef("pk")).order_by("-pk")
    rows = Recommender.objects.select_related("live_version")
    return rows.annotate(last_reason=Subquery(last.values("reason")[:1]))


def title_of(recommender: Recommender) -> str:
    found = spec(recommender.algorithm)
    return recommender.title or (str(found.title) if found else recommender.slug)


def _have(found: RecommenderSpec, counts: Counts, products: int) -> int:
    if found.needs.connections:
        return counts.total.get(CONNECTION, 0)
    if not found.needs.events:
        return products
    return sum(counts.total.get(kind, 0) for kind in found.needs.kinds)


def _of(
    row: Recommender,
    found: RecommenderSpec,
    counts: Counts,
    products: int,
    fallback: str,
) -> Readiness:
    have = _have(found, counts, products)
    need = found.needs.count
    live = row.live_version
    state = _state(row, found, have, need)
    return Readiness(
        slug=row.slug,
        title=title_of(row),
        state=state,
        share=1.0 if state == "ready" else min(have / need, 1.0),
        have=have,
        need=need,
        missing="" if state == "ready" else _missing(row, found, need - have),
        eta_days=_eta(found, counts, need - have) if state == "partial" else None,
        fallback="" if state == "ready" else fallback,
        products=live.items if live else 0,
    )


def _state(row: Recommender, found: RecommenderSpec, have: int, need: int) -> State:
    if not row.is_active:
        return "off"
    answers = row.live_version is not None or not found.estimator
    if answers and have >= need:
        return "ready"
    return "partial" if have else "empty"


def _missing(row: Recommender, found: RecommenderSpec, lacks: int) -> str:
    if not row.is_active:
        return _("switched off")
    if lacks > 0:
        return lacking(found, lacks)
    reason: str = getattr(row, "last_reason", "")
    return reason or _("not trained yet")


def lacking(found: RecommenderSpec, count: int) -> str:
    """What ``count`` more of what a recommender needs is called."""
    if found.needs.connections:
        words = ngettext("%(n)s more connection", "%(n)s more connections", count)
        return words % {"n": count}
    if not found.needs.events:
        words = ngettext("%(n)s more product", "%(n)s more products", count)
        return words % {"n": count}
    kinds = " / ".join(str(_KINDS.get(kind, kind)) for kind in found.needs.kinds)
    return _("%(n)s more %(kinds)s") % {"n": f"{count:,}", "kinds": kinds}


_KINDS = {
    "view": gettext_lazy("views"),
    "purchase": gettext_lazy("purchases"),
    "add_to_cart": gettext_lazy("products put into baskets"),
    "rating": gettext_lazy("ratings"),
}


def _eta(found: RecommenderSpec, counts: Counts, lacking: int) -> float | None:
    """Days until there is enough, at the pace of the last four weeks or less."""
    recent = sum(counts.recent.get(kind, 0) for kind in found.needs.kinds)
    if lacking <= 0 or not found.needs.events or not recent:
        return None
    known = [counts.first[kind] for kind in found.needs.kinds if kind in counts.first]
    age = (timezone.now() - min(known)) / timedelta(days=1)
    return lacking * min(max(age, 1.0), RATE_DAYS) / recent


def _fallbacks(rows: list[Recommender]) -> dict[int, str]:
    """For each recommender the next one that answers, in a block that it leads."""
    by_pk = {row.pk: row for row in rows}
    chains: dict[int, list[int]] = {}
    steps = BlockStep.objects.filter(block__is_active=True).order_by(
        "block", "position"
    )
    for block, recommender in steps.values_list("block", "recommender"):
        chains.setdefault(block, []).append(recommender)
    found: dict[int, str] = {}
    for first, *others in chains.values():
        shown = next((by_pk[pk] for pk in others if _answers(by_pk.get(pk))), None)
        if shown is not None:
            found.setdefault(first, title_of(shown))
    return found


def _answers(row: Recommender | None) -> bool:
    if row is None or not row.is_active:
        return False
    found = spec(row.algorithm)
    return row.live_version is not None or (found is not None and not found.estimator)
