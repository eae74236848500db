"""What is judged: the facts of an experiment that its figures are read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shop_personalize.experiments.models import Experiment
from shop_personalize.models import Trial


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
