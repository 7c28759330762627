"""Serving a stored file with HTTP range requests, without ever holding it in memory or blocking the event loop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK = 256 * 1024


class StoredFile(Protocol):
    def seek(self, offset: int, /) -> Any: ...
    def read(self, size: int, /) -> bytes: ...
    def close(self) -> Any: ...


@dataclass(frozen=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The range lies outside the file (RFC 9110, 416)."""


def parse_range(header: str | None, size: int) -> Span | None:
    """The one range that is asked for; None for the whole file (no header, several ranges, or one that is malformed).

    RFC 9110 section 14.2 lets a server ignore what it does not understand. Raises Unsatisfiable.
    """
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (header or "").strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        span = Span(max(0, size - int(last)), size - 1)
    else:
        span = Span(int(first), min(int(last), size - 1) if last else size - 1)
        if last and int(last) < int(first):
            return None
    if span.first >= size or span.length <= 0:
        raise Unsatisfiable
    return span


def ranged_response(file: StoredFile, *, size: int, mime: str, range_header: str | None) -> HttpResponseBase:
    """200, 206 or 416. Takes over `file` and closes it."""
    try:
        span = parse_range(range_header, size)
    except Unsatisfiable:
        file.close()
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    part = span or Span(0, size - 1)
    response = _FileResponse(_blocks(file, part), status=206 if span else 200, content_type=mime)
    response.file = file
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(part.length)
    if span:
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    # It is one person's picture and voice: no cache keeps it, no page of another kind is guessed from it.
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


class _FileResponse(StreamingHttpResponse):
    """Closes its file even when nothing of it was read: after HEAD, or when the browser went away."""

    file: StoredFile

    def close(self) -> None:
        super().close()
        self.file.close()


async def _blocks(file: StoredFile, span: Span) -> AsyncIterator[bytes]:
    left = span.length
    try:
        await asyncio.to_thread(file.seek, span.first)
        while left > 0:
            block = await asyncio.to_thread(file.read, min(BLOCK, left))
            if not block:
                return
            left -= len(block)
            yield block
    finally:
        await asyncio.to_thread(file.close)
