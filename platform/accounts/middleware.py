"""Puts the person's standing on the request (see `accounts.access`), and speaks their language in their time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from accounts import queries
from accounts.models import User
from accounts.time_zones import zone

SESSION_KEY = "institution"


@sync_and_async_middleware
def stand_in_institution(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def stand_async(request: HttpRequest) -> HttpResponseBase:
            _prepare(request)
            with _ways_of(await sync_to_async(_person)(request), request):
                response: HttpResponseBase = await get_response(request)
            return response

        return stand_async

    def stand(request: HttpRequest) -> HttpResponseBase:
        _prepare(request)
        with _ways_of(_person(request), request):
            response: HttpResponseBase = get_response(request)
        return response

    return stand


def _prepare(request: Any) -> None:
    request.membership = SimpleLazyObject(
        lambda: queries.membership_of(request.user, request.session.get(SESSION_KEY))
    )


def _person(request: HttpRequest) -> User | None:
    """Who is signed in. Strangers and machines that ask for health cost no query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user


@contextmanager
def _ways_of(person: User | None, request: HttpRequest) -> Iterator[None]:
    """The person's language and time zone while the page is made; a stranger's come from cookie and browser."""
    if person is None:
        yield
        return
    translation.activate(person.language)
    request.LANGUAGE_CODE = translation.get_language()
    with timezone.override(zone(person.time_zone)):
        yield
