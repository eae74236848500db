"""The health of an installation in plain words, each with how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import ERROR
from django.db import DatabaseError
from django.db.models import Count, Q
from django.utils import timezone

from shop_personalize.attribution.health import token_health
from shop_personalize.catalog import get_catalog, get_orders
from shop_personalize.checks import check_settings
from shop_personalize.conf import app_settings
from shop_personalize.models import (
    Checkpoint,
    Interaction,
    QuarantinedEvent,
    Recommender,
    TrainingJob,
    Trial,
)
from shop_personalize.registry.looks import Finding, Level, Look, looks

WEEK = timedelta(days=7)
STALE_EVENTS = timedelta(days=1)
STALE_SYNC = timedelta(hours=6)
STUCK = timedelta(minutes=10)
MANY_BOTS = 0.4
MANY_BAD = 0.05
PAGE_CACHES = (
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)
DEFAULT_CONSENT = "shop_personalize.capture.consent.default"


def examine() -> list[Finding]:
    """Everything that can be told from here, the worst first."""
    found: list[Finding] = []
    for name, look in {**LOOKS, **looks()}.items():
        try:
            found += look()
        except DatabaseError as error:
            mend = "python manage.py migrate"
            found.append(Finding("error", f"The database refuses: {error}", mend))
            break
        except Exception as error:  # noqa: BLE001  a doctor does not die of the patient
            found.append(Finding("error", f"Looking at {name} failed: {error}"))
    rank = {"error": 0, "warning": 1, "good": 2}
    return sorted(found, key=lambda one: rank[one.level])


def _settings() -> Iterator[Finding]:
    messages = check_settings()
    for message in messages:
        level: Level = "error" if message.level >= ERROR else "warning"
        yield Finding(level, str(message.msg), str(message.hint or ""))
    if not messages:
        yield Finding("good", "The settings are right.")


def _catalog() -> Iterator[Finding]:
    products = get_catalog().count()
    if not products:
        mend = 'Set "CATALOG"; manage.py personalize inspect guesses it.'
        yield Finding("error", "No product is seen.", mend)
        return
    yield Finding("good", f"{products:,} products are seen.")
    shown = get_catalog().newest(1)
    if not shown:
        mend = 'Look at "visible" and "available": manage.py personalize inspect.'
        yield Finding("error", "None of the products can be shown and bought.", mend)


def _orders() -> Iterator[Finding]:
    if get_orders() is None:
        return
    state = Checkpoint.objects.filter(name="orders").first()
    if state is None:
        mend = "python manage.py personalize backfill"
        yield Finding("warning", "The shop's orders were never taken over.", mend)
    elif timezone.now() - state.updated_at > STALE_SYNC:
        yield Finding(
            "warning",
            f"The orders were last looked at {_ago(state.updated_at)} ago.",
            "Let 'manage.py personalize backfill' or the task "
            "'shop_personalize.tasks.tick' run every few minutes.",
        )
    else:
        yield Finding(
            "good", f"The orders were looked at {_ago(state.updated_at)} ago."
        )


def _events() -> Iterator[Finding]:
    last = Interaction.objects.exclude(source="orders").order_by("-received_at").first()
    if last is None:
        yield Finding(
            "warning",
            "No visit was ever recorded.",
            "Add the middleware and {% personalize_js %}, or ROUTES; then open a "
            "product page. With a page cache or a CDN only the script can see visits.",
        )
    elif timezone.now() - last.received_at > STALE_EVENTS:
        says = f"The last visit was recorded {_ago(last.received_at)} ago."
        yield Finding("warning", says, "Did a template or the middleware change?")
    yield from _quality()


def _quality() -> Iterator[Finding]:
    week = Interaction.objects.filter(received_at__gte=timezone.now() - WEEK)
    visits = week.exclude(source="orders")
    counts = visits.aggregate(all=Count("pk"), bots=Count("pk", filter=Q(flag="bot")))
    if counts["all"] and counts["bots"] / counts["all"] > MANY_BOTS:
        yield Finding(
            "warning",
            f"{counts['bots'] / counts['all']:.0%} of last week's events are bots'.",
            "They are never learned from; a robots.txt or the proxy may stop them.",
        )
    bad = QuarantinedEvent.objects.filter(received_at__gte=timezone.now() - WEEK)
    reasons = bad.values_list("reason").annotate(n=Count("pk")).order_by("-n")
    total = sum(n for _reason, n in reasons)
    if total > MANY_BAD * max(counts["all"], 1) and total > 1:
        often = ", ".join(f"{reason} ({n:,})" for reason, n in reasons[:3])
        mend = "The quarantine in the admin shows what was sent."
        yield Finding("warning", f"{total:,} events were refused: {often}.", mend)
    if counts["all"]:
        yield Finding("good", f"{counts['all']:,} events came in the last week.")


def _tokens() -> Iterator[Finding]:
    tokens = token_health()
    if why := tokens.why:
        says = f"{tokens.refused_share:.0%} of last week's clicks on recommendations "
        yield Finding("warning", f"{says}are not counted.", f"Mostly: {why}.")
    for block in tokens.unseen:
        says = f"The block '{block}' is clicked but never seen."
        yield Finding("warning", says, "Is {% personalize_js %} in the page?")


def _consent() -> Iterator[Finding]:
    if app_settings.CONSENT == DEFAULT_CONSENT:
        yield Finding(
            "warning",
            "No consent hook is set: everybody but Do Not Track and GPC is recorded.",
            '"CONSENT": a function (request) -> "none" | "essential" | "full".',
        )


def _page_cache() -> Iterator[Finding]:
    cached = [name for name in PAGE_CACHES if name in settings.MIDDLEWARE]
    if cached:
        yield Finding(
            "warning",
            "A page cache is on: it keeps one visitor's blocks for all, and hides "
            "visits from the middleware.",
            'Write {% recommendations "…" lazy %} and {% personalize_js %}.',
        )


def _holdout() -> Iterator[Finding]:
    share = app_settings.HOLDOUT
    if share:
        yield Finding(
            "good",
            f"{share * 100:g} % of the visitors see no recommendations, so that it is "
            "known what the others' bring; staff, and all while DEBUG is on, see them.",
        )


def _trials() -> Iterator[Finding]:
    """A block is in one trial at a time; the others wait without a word."""
    running = Trial.objects.filter(is_running=True).order_by("slug")
    first: dict[str, str] = {}
    for slug, block in running.values_list("slug", "block"):
        taken = first.get(block) or first.get("")
        if taken:
            yield Finding(
                "warning",
                f"The experiments “{taken}” and “{slug}” change the same block; only "
                f"“{taken}” is shown.",
                "Stop one of them.",
            )
        first.setdefault(block, slug)


def _models() -> Iterator[Finding]:
    active = Recommender.objects.filter(is_active=True)
    live = active.filter(live_version__isnull=False).count()
    if not live:
        mend = "python manage.py personalize train"
        yield Finding("error", "No recommender has a live version.", mend)
    else:
        yield Finding("good", f"{live} of {active.count()} recommenders are live.")


def _jobs() -> Iterator[Finding]:
    states = TrainingJob.State
    waiting = TrainingJob.objects.filter(
        state=states.QUEUED, created_at__lt=timezone.now() - STUCK
    )
    if waiting.exists():
        yield Finding(
            "error",
            f"{waiting.count()} training jobs wait; nobody takes them up.",
            "Start a Celery worker, or set TASKS to 'thread', or run "
            "'manage.py personalize train'.",
        )
    stopped = TrainingJob.objects.filter(state=states.QUARANTINED)
    if stopped.exists():
        mend = "Its log in the admin says why; then train again."
        yield Finding("error", "A training job failed three times.", mend)
    yield from _worker()


def _worker() -> Iterator[Finding]:
    """Without Celery and without cron nothing is learned anew."""
    last = Checkpoint.objects.filter(name__startswith="every:").order_by("-updated_at")
    beat = last.first()
    if beat is None:
        yield Finding(
            "warning",
            "No schedule runs: nothing is trained or synced by itself.",
            "Add the beat entry 'shop_personalize.tasks.tick', or a cron line with "
            "'manage.py personalize train --due'.",
        )
    elif timezone.now() - beat.updated_at > STALE_SYNC:
        says = f"The schedule ran last {_ago(beat.updated_at)} ago."
        yield Finding("warning", says, "Is the Celery beat, or the cron, still there?")


def _ago(moment: Any) -> str:
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} minutes"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"


LOOKS: dict[str, Look] = {
    "settings": _settings,
    "catalog": _catalog,
    "orders": _orders,
    "events": _events,
    "tokens": _tokens,
    "consent": _consent,
    "page cache": _page_cache,
    "holdout": _holdout,
    "trials": _trials,
    "models": _models,
    "jobs": _jobs,
}
