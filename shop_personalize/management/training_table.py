"""How commands show jobs, versions and readiness; JSON first, words from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.management.console import Console
    from shop_personalize.models import ModelVersion, TrainingJob
    from shop_personalize.training.readiness import Readiness

MARKS = {"ready": "✔", "partial": "◐", "empty": "✖", "off": "–"}
METRIC = "ndcg@10"
DAYS_IN_WEEK = 7
YEAR = 365


def job_facts(job: TrainingJob) -> dict[str, Any]:
    return {
        "id": job.pk,
        "recommender": job.recommender.slug if job.recommender else None,
        "state": job.state,
        "trigger": job.trigger,
        "attempts": job.attempts,
        "stage": job.stage,
        "progress": round(job.progress, 3),
        "error": job.error,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def version_facts(version: ModelVersion) -> dict[str, Any]:
    return {
        "recommender": version.recommender.slug,
        "number": version.number,
        "status": version.status,
        "artifact": version.artifact,
        "products": version.items,
        "interactions": version.interactions,
        "size_bytes": version.size_bytes,
        "fit_seconds": round(version.fit_seconds, 2),
        "metrics": version.metrics,
        "baseline": version.baseline,
        "previous": version.previous,
        "reason": version.reason,
        "created_at": version.created_at,
        "published_at": version.published_at,
    }


def show_versions(console: Console, facts: list[dict[str, Any]]) -> None:
    rows = [
        (
            each["recommender"],
            f"v{each['number']}",
            each["status"],
            f"{each['products']:,}",
            _score(each["metrics"]),
            _score(each["baseline"]),
            each["reason"],
        )
        for each in facts
    ]
    header = ("recommender", "", "status", "products", "NDCG@10", "popular", "why")
    console.table(rows, header if rows else ())


def show_readiness(console: Console, table: list[Readiness]) -> None:
    for each in table:
        console.line(f"{MARKS[each.state]} {each.slug:<20} {_words(each)}")


def readiness_facts(table: list[Readiness]) -> list[dict[str, Any]]:
    return [asdict(each) for each in table]


def _words(each: Readiness) -> str:
    if each.state == "ready":
        return f"ready ({each.products:,} products)" if each.products else "ready"
    words = f"{each.share:4.0%}: {_needs(each)}" if each.missing else each.state
    return f"{words}; showing “{each.fallback}” until then" if each.fallback else words


def _needs(each: Readiness) -> str:
    if each.state == "off" or each.have >= each.need:
        return each.missing
    if each.eta_days is None:
        return f"needs {each.missing}"
    return f"needs {each.missing}, ≈ {_span(each.eta_days)} at your rate"


def _span(days: float) -> str:
    if days > YEAR:
        return "more than a year"
    if days < 2 * DAYS_IN_WEEK:
        count = max(round(days), 1)
        return f"{count} day" if count == 1 else f"{count} days"
    return f"{round(days / DAYS_IN_WEEK)} weeks"


def _score(metrics: dict[str, Any]) -> str:
    value = metrics.get(METRIC)
    return "" if value is None else f"{value:.4f}"
