"""Numbers for Prometheus, counted in the database: the same from every worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from shop_personalize.api.base import StaffView
from shop_personalize.models import (
    BlockDay,
    Checkpoint,
    Interaction,
    QuarantinedEvent,
    Recommender,
    TrainingJob,
)
from shop_personalize.telemetry import exposition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse
    from rest_framework.request import Request

LED = ("shown", "seen", "clicked", "carted", "bought")
REPEATED = "every:"
Sample = tuple[dict[str, str], float]


class PlainText(BaseRenderer):
    media_type = "text/plain"
    format = "txt"

    def render(self, data: object, *args: object, **kwargs: object) -> bytes:
        text = data if isinstance(data, str) else str(data)
        return text.encode()


class MetricsView(StaffView):
    """The shop's numbers, so staff only: Prometheus logs in with ``basic_auth``."""

    permission = "shop_personalize.view_trainingjob"
    renderer_classes = [PlainText]

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        return Response("\n".join(lines(timezone.now())) + "\n" + exposition())


def lines(now: datetime) -> Iterator[str]:
    hour = now - timedelta(hours=1)
    recent = Interaction.objects.filter(received_at__gte=hour)
    yield from _metric(
        "interactions_last_hour",
        "Interactions received within an hour, by kind.",
        _counted(recent, "kind"),
    )
    refused = QuarantinedEvent.objects.filter(received_at__gte=hour)
    yield from _metric(
        "quarantined_last_hour",
        "Events refused within an hour, by reason.",
        _counted(refused, "reason"),
    )
    yield from _metric(
        "training_jobs",
        "Training jobs by state.",
        _counted(TrainingJob.objects, "state"),
    )
    yield from _metric(
        "live_model_age_seconds", "Age of each recommender's live model.", _ages(now)
    )

    today = BlockDay.objects.filter(day=timezone.localdate())
    yield from _metric(
        "block_today",
        "Recommendations today, by block and what became of them; of the last rollup.",
        _led(today),
    )
    yield from _metric(
        "block_revenue_today",
        "Revenue laid to recommendations today, by block and currency.",
        _sold(today),
    )
    yield from _metric(
        "repeated_age_seconds",
        "Time since repeated work was last done.",
        _repeated(now),
    )


def _metric(name: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP shop_personalize_{name} {about}"
    yield f"# TYPE shop_personalize_{name} gauge"
    for labels, value in samples:
        inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"shop_personalize_{name}{{{inner}}} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _counted(rows: object, field: str) -> Iterator[Sample]:
    found = rows.values_list(field).annotate(n=Count("pk")).order_by(field)  # type: ignore[attr-defined]
    for value, count in found:
        yield {field: value}, count


def _ages(now: datetime) -> Iterator[Sample]:
    rows = Recommender.objects.filter(live_version__isnull=False)
    for slug, since, made in rows.order_by("slug").values_list(
        "slug", "live_version__published_at", "live_version__created_at"
    ):
        yield {"recommender": slug}, (now - (since or made)).total_seconds()


def _led(today: QuerySet[BlockDay]) -> Iterator[Sample]:
    sums = [Sum(name) for name in LED]
    rows = today.values_list("block").annotate(*sums).order_by("block")
    for block, *counts in rows:
        for name, count in zip(LED, counts, strict=True):
            yield {"block": block, "what": name}, count


def _sold(today: QuerySet[BlockDay]) -> Iterator[Sample]:
    rows = today.exclude(currency="").values_list("block", "currency")
    for block, currency, revenue in rows.annotate(Sum("revenue")).order_by("block"):
        yield {"block": block, "currency": currency}, float(revenue)


def _repeated(now: datetime) -> Iterator[Sample]:
    rows = Checkpoint.objects.filter(name__startswith=REPEATED).order_by("name")
    for name, at in rows.values_list("name", "updated_at"):
        yield {"work": name.removeprefix(REPEATED)}, max((now - at).total_seconds(), 0)
