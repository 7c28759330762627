"""Health and readiness. `/healthz`: this process answers. `/readyz`: it can really work."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable

import structlog
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, JsonResponse

logger = structlog.get_logger("greenroom.health")
LIMIT_S = 3.0


async def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


async def readyz(request: HttpRequest) -> JsonResponse:
    """Asks the database, the channel layer and the queue, each within three seconds. 503 when one cannot answer."""
    asks: dict[str, Callable[[], Awaitable[None]]] = {
        "database": sync_to_async(_ask_database, thread_sensitive=True),
        "layer": _ask_layer,
        "queue": sync_to_async(_ask_queue, thread_sensitive=True),
    }
    parts = {name: await _ask(name, ask) for name, ask in asks.items()}
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ready, "parts": parts}, status=200 if ready else 503)


async def _ask(name: str, ask: Callable[[], Awaitable[None]]) -> dict[str, object]:
    began = time.perf_counter()
    # Whatever it is that goes wrong, the answer is "not ready" and not an error page.
    (outcome,) = await asyncio.gather(asyncio.wait_for(ask(), LIMIT_S), return_exceptions=True)
    if isinstance(outcome, BaseException):
        # The reason goes to the log; a stranger learns only which part is down.
        logger.warning("not ready", part=name, error=type(outcome).__name__)
        return {"ok": False}
    return {"ok": True, "ms": round((time.perf_counter() - began) * 1000, 1)}


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_queue() -> None:
    """The queue's tables answer, and no job has waited unheeded for five minutes (then no worker is alive)."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    stale = ProcrastinateJob.objects.filter(status="todo", scheduled_at=None)
    oldest = stale.order_by("id").values_list("id", flat=True).first()
    if oldest is not None and _waits_since(oldest) > 300:
        raise RuntimeError("jobs wait and no worker takes them")


def _waits_since(job: int) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM now() - min(at)), 0) FROM procrastinate_events WHERE job_id = %s",
            [job],
        )
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


async def _ask_layer() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer")
    name = await layer.new_channel()
    word = uuid.uuid4().hex
    await layer.send(name, {"type": "health", "word": word})
    if (await layer.receive(name))["word"] != word:
        raise RuntimeError("the channel layer gave back something else")
