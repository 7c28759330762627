"""Puts the person's standing in their institution on the request, lazily: see `accounts.access`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from accounts import queries

SESSION_KEY = "institution"


@sync_and_async_middleware
def InstitutionMiddleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:  # noqa: N802
    if iscoroutinefunction(get_response):

        async def stand_async(request: HttpRequest) -> HttpResponseBase:
            _prepare(request)
            response: HttpResponseBase = await get_response(request)
            return response

        return stand_async

    def stand(request: HttpRequest) -> HttpResponseBase:
        _prepare(request)
        response: HttpResponseBase = get_response(request)
        return response

    return stand


def _prepare(request: Any) -> None:
    request.membership = SimpleLazyObject(
        lambda: queries.membership_of(request.user, request.session.get(SESSION_KEY))
    )
