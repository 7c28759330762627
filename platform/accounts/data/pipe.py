"""A ZIP that leaves while it is made."""

from __future__ import annotations

import io
from typing import Any


class Pipe(io.RawIOBase):
    """What zipfile writes into; taken out again piece by piece, so that memory holds one block only."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._held += data
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held
