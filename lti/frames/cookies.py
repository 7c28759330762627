"""Cookies that hold in another site's frame: `Secure; HttpOnly; SameSite=None; Partitioned`.

Python writes `Partitioned` from 3.14 on (CHIPS, draft-cutler-httpbis-partitioned-cookies), so a morsel of our own does.
A browser takes `Secure` over https and from this machine itself. Over plain http from elsewhere, which is for trying
things out only, a cookie is written without these attributes: launches work in a window there, and not in a frame.
"""

from __future__ import annotations

from collections.abc import Container
from http.cookies import Morsel

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port


class PartitionedMorsel(Morsel[str]):
    """A cookie kept apart for each site that frames us."""

    def OutputString(self, attrs: Container[str] | None = None) -> str:  # noqa: N802
        return f"{super().OutputString(attrs)}; Partitioned"


def keep(
    response: HttpResponseBase, request: HttpRequest, name: str, value: str, *, path: str, seconds: int
) -> None:
    """Set a cookie that holds in a frame and in a window alike."""
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True)
    partition(response, request, name)


def forget(response: HttpResponseBase, request: HttpRequest, name: str, *, path: str) -> None:
    """Take such a cookie away: only the same attributes name the same cookie."""
    response.delete_cookie(name, path=path)
    partition(response, request, name)


def partition(response: HttpResponseBase, request: HttpRequest, *names: str) -> None:
    """Give the cookies that the response sets (all of them, if none is named) what a frame needs."""
    if not _takes_secure(request):
        return
    for name in names or tuple(response.cookies):
        response.cookies[name] = _partitioned(response.cookies[name])


def _partitioned(cookie: Morsel[str]) -> PartitionedMorsel:
    made = PartitionedMorsel()
    made.set(cookie.key, cookie.value, cookie.coded_value)
    made.update(dict(cookie))
    made["secure"], made["samesite"] = True, "None"
    return made


def _takes_secure(request: HttpRequest) -> bool:
    """Whether a browser takes `Secure` from here: over https, and from its own machine."""
    if request.is_secure():
        return True
    try:
        host = split_domain_port(request.get_host())[0]
    except DisallowedHost:
        return False
    return host in {"localhost", "127.0.0.1", "[::1]"} or host.endswith(".localhost")
