"""What is judged, whatever it comes from: an experiment or the permanent holdout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shop_personalize.attribution.assignment import HELD, SERVED
from shop_personalize.conf import app_settings
from shop_personalize.experiments.models import Experiment
from shop_personalize.models import Trial
from shop_personalize.models.trial import HOLDOUT


@dataclass(frozen=True)
class Variant:
    key: str
    name: str
    weight: float
    """Of 1; as planned."""


@dataclass(frozen=True)
class Bound:
    """A guardrail: ``metric`` must not fall by more than ``worst`` (.05 is 5 %)."""

    metric: str
    worst: float


@dataclass(frozen=True, kw_only=True)
class Study:
    slug: str
    name: str
    kind: str = Trial.Kind.SPLIT
    variants: tuple[Variant, ...]
    """The control first."""
    primary: str = "revenue"
    secondary: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    smallest_change: float = 0.05
    planned: int | None = None
    """Visitors of each variant."""
    is_running: bool = False
    is_permanent: bool = False
    """It looks back on the last weeks, each time anew, and never ends."""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def control(self) -> Variant:
        return self.variants[0]

    @property
    def treatments(self) -> tuple[Variant, ...]:
        return self.variants[1:]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric it looks at, the primary one first, none twice."""
        bounds = (bound.metric for bound in self.bounds)
        return tuple(dict.fromkeys((self.primary, *self.secondary, *bounds)))


def study_of(experiment: Experiment) -> Study:
    """Reads the variants and guardrails; prefetch them for many."""
    return Study(
        slug=experiment.slug,
        name=experiment.name,
        kind=experiment.kind,
        variants=tuple(
            Variant(arm.key, arm.name, arm.weight / 100)
            for arm in experiment.arms.all()
        ),
        primary=experiment.primary_metric,
        secondary=tuple(experiment.secondary_metrics),
        bounds=tuple(
            Bound(each.metric, each.worst / 100) for each in experiment.guardrails.all()
        ),
        smallest_change=experiment.smallest_change / 100,
        planned=experiment.planned_visitors,
        is_running=experiment.state == Experiment.State.RUNNING,
        started_at=experiment.started_at,
        ended_at=experiment.ended_at,
    )


def holdout() -> Study:
    """The experiment that never ends: what do recommendations earn at all?"""
    share = app_settings.HOLDOUT
    return Study(
        slug=HOLDOUT,
        name=_("All recommendations"),
        variants=(
            Variant(HELD, _("Without recommendations"), share),
            Variant(SERVED, _("With recommendations"), 1 - share),
        ),
        secondary=("converted", "orders", "order_value", "carts", "views"),
        is_running=share > 0,
        is_permanent=True,
    )
