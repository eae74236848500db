"""Is the process up; can it serve? For load balancers, so without throttle or login."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connections, router
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop_personalize.conf import app_settings
from shop_personalize.models import Checkpoint, Recommender

logger = logging.getLogger("shop_personalize")
REDIS_SECONDS = 0.5
STANDSTILL = timedelta(hours=1)


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. No database, no cache, no file is touched."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 without the database; degraded, yet ready, without Redis, any model, or
    the schedule that once ran."""
    facts: dict[str, Any] = {"database": _database()}
    if not facts["database"]:
        return JsonResponse({"status": "unavailable", **facts}, status=503)
    facts["model"] = Recommender.objects.filter(live_version__isnull=False).exists()
    facts["redis"] = _redis()
    facts["schedule"] = _schedule()
    degraded = not facts["model"] or False in {facts["redis"], facts["schedule"]}
    return JsonResponse({"status": "degraded" if degraded else "ready", **facts})


def _database() -> bool:
    try:
        connection = connections[router.db_for_read(Recommender)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.warning("health: the database does not answer")
        return False
    return True


def _schedule() -> bool | None:
    """Whether repeated work goes on; ``None`` where it never has."""
    row = Checkpoint.objects.filter(name="every:schedule").first()
    return None if row is None else timezone.now() - row.updated_at < STANDSTILL


def _redis() -> bool | None:
    """``None`` where none is configured."""
    if not app_settings.REDIS_URL:
        return None
    try:
        import redis

        client = redis.Redis.from_url(
            app_settings.REDIS_URL,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        )
        with client:
            return bool(client.ping())
    except Exception:  # noqa: BLE001  whatever it is, Redis cannot be used
        logger.warning("health: Redis does not answer")
        return False
