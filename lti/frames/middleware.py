"""Stands around sessions and CSRF: what a framed session needs, and only a framed one.

It looks at the session after the view, when it is loaded, so that it costs no query. A stranger in a frame whom a page
would send to the sign-in form is told to open Greenroom from the course again: that form may never be framed, and
someone who came by a launch has no password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware

from lti.frames.cookies import partition
from lti.frames.policy import allow, in_frame
from lti.frames.signing_in import SESSION_KEY


@sync_and_async_middleware
def hold_in_frames(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def hold_async(request: HttpRequest) -> HttpResponseBase:
            return _held(request, await get_response(request))

        return hold_async

    def hold(request: HttpRequest) -> HttpResponseBase:
        return _held(request, get_response(request))

    return hold


def _held(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    origins, framed = _origins(request), in_frame(request)
    if origins is None and not framed:
        return response
    if _is_sign_in(request, response):
        response = _closed(response) if framed else response
    elif origins is not None:
        allow(response, origins)
    partition(response, request)
    return response


def _origins(request: HttpRequest) -> list[str] | None:
    """Who may show this session's pages; None where it is not a framed one, or nothing asked for it."""
    session = getattr(request, "session", None)
    if session is None or not session.accessed:
        return None
    try:
        found = session.get(SESSION_KEY)
    except DatabaseError:
        # The page says so already; it is nobody's session then.
        return None
    return found if isinstance(found, list) else None


def _is_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    form = resolve_url(settings.LOGIN_URL)
    return form in (request.path, urlsplit(response.headers.get("Location", "")).path)


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    """Instead of the sign-in form; the cookies that the response takes away go on being taken away."""
    made = HttpResponseRedirect(reverse("lti:closed"))
    made.cookies = response.cookies
    return made
