"""Asking a platform over HTTP: with timeouts, a few tries, a bounded answer, and one kind of error for all that fails.

A platform may stand anywhere, also inside the institution's own network, so addresses are not narrowed down beyond
their scheme; only an administrator enters them. Nothing is ever asked while a database transaction is open.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from json import loads
from typing import Any

import httpx2 as httpx

from lti.errors import ServiceError

TIMEOUT = httpx.Timeout(8.0, connect=4.0)
TRIES = 3
PAUSE_S = 0.4
MOST_BYTES = 4 << 20
AGAIN = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the JSON of the body, None where there is none; header names are in lower case."""

    status: int
    data: Any
    headers: Mapping[str, str]


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    body: bytes | None = None,
    tries: int = TRIES,
) -> Answer:
    """One request; again after a pause where the platform was busy or did not answer.

    Raises ServiceError: `retry` says whether it may go well later.
    """
    if not url.startswith(("https://", "http://")):
        raise ServiceError("the address is no web address")
    for left in range(tries - 1, -1, -1):
        try:
            return _once(
                {
                    "headers": headers,
                    "data": form,
                    "json": json,
                    "content": body,
                    "method": method,
                    "url": url,
                }
            )
        except ServiceError as error:
            if not (error.retry and left):
                raise
            time.sleep(PAUSE_S * (tries - left))
    raise AssertionError("unreachable: the last try returns or raises")


def _once(request: dict[str, Any]) -> Answer:
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
            response = client.send(client.build_request(**request), stream=True)
            try:
                return _read(response)
            finally:
                response.close()
    except httpx.TimeoutException as error:
        raise ServiceError("the platform did not answer in time", retry=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServiceError(f"the platform cannot be reached: {type(error).__name__}", retry=True) from error


def _read(response: httpx.Response) -> Answer:
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise ServiceError("the platform's answer is too large", status=response.status_code)
    status = response.status_code
    if status in AGAIN:
        raise ServiceError(f"the platform answered {status}", status=status, retry=True)
    if not 200 <= status < 300:
        said = _error_code(bytes(content))
        raise ServiceError(f"the platform answered {status}", status=status, retry=status >= 500, said=said)
    return Answer(
        status, _json(bytes(content), response), {k.lower(): v for k, v in response.headers.items()}
    )


def _json(content: bytes, response: httpx.Response) -> Any:
    if not content.strip():
        return None
    try:
        return loads(content)
    except (ValueError, RecursionError) as error:
        raise ServiceError("the platform's answer is no JSON", status=response.status_code) from error


def _error_code(content: bytes) -> str:
    """The error code of an OAuth 2 answer; a short word or nothing, for it is shown and logged."""
    try:
        data = loads(content)
    except (ValueError, RecursionError):
        return ""
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and code.isascii() and code.isprintable() and len(code) <= 60 else ""
