"""The fields of a request that a platform sends through a browser: each once, of a sane size, and of plain text."""

from __future__ import annotations

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from lti.errors import Code, LaunchRefused

MOST_BYTES = 256 * 1024
"""A token has 64 KiB at most; the rest are hints."""


def fields(request: HttpRequest) -> dict[str, str]:
    """What was posted, or else asked in the address. Raises LaunchRefused.

    No field may come twice (OAuth 2.0, RFC 6749, 3.1): two readers could take two different ones.
    """
    given = _posted(request) if request.method == "POST" else request.GET
    found = dict(given.lists())
    if any(len(values) > 1 for values in found.values()):
        raise LaunchRefused(Code.MALFORMED, "a field twice")
    if any("\x00" in name + values[0] for name, values in found.items()):
        raise LaunchRefused(Code.MALFORMED, "a NUL")
    return {name: values[0] for name, values in found.items()}


def _posted(request: HttpRequest) -> QueryDict:
    if _length(request) > MOST_BYTES:
        raise LaunchRefused(Code.TOO_LARGE)
    try:
        return request.POST
    except RequestDataTooBig as error:
        raise LaunchRefused(Code.TOO_LARGE) from error
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError) as error:
        raise LaunchRefused(Code.MALFORMED, type(error).__name__) from error


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0
