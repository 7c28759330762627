"""Health probes answered first, and one structured log line per request.

A log line has method, route name, status and milliseconds: no address, no query, no person.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from greenroom import health

logger = structlog.get_logger("greenroom.request")
QUIET = {"healthz", "readyz"}
PROBES = {"/healthz": health.healthz, "/readyz": health.readyz}


@sync_and_async_middleware
def answer_probes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answers the probes before anything looks at the host name: balancers ask by address, over plain HTTP."""
    if iscoroutinefunction(get_response):

        async def probe_async(request: HttpRequest) -> HttpResponseBase:
            probe = PROBES.get(request.path)
            response: HttpResponseBase = await (probe or get_response)(request)
            return response

        return probe_async

    def probe_sync(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path)
        response: HttpResponseBase = async_to_sync(probe)(request) if probe else get_response(request)
        return response

    return probe_sync


@sync_and_async_middleware
def log_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
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
