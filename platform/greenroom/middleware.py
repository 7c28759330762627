"""One structured log line per request: method, route name, status, milliseconds. No address, no query, no person."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

logger = structlog.get_logger("greenroom.request")
QUIET = {"healthz", "readyz"}


@sync_and_async_middleware
def RequestLogMiddleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:  # noqa: N802
    if iscoroutinefunction(get_response):

        async def log_async(request: HttpRequest) -> HttpResponseBase:
            began = _begin()
            response: HttpResponseBase = await get_response(request)
            return _say(request, response, began)

        return log_async

    def log_sync(request: HttpRequest) -> HttpResponseBase:
        began = _begin()
        return _say(request, get_response(request), began)

    return log_sync


def _begin() -> float:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
    return time.perf_counter()


def _say(request: HttpRequest, response: HttpResponseBase, began: float) -> HttpResponseBase:
    match = request.resolver_match
    if match is not None and match.view_name not in QUIET:
        logger.info(
            "request",
            method=request.method,
            route=match.view_name or match.route,
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )
    return response
