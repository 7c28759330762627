"""A small WebSocket client on asyncio (RFC 6455): enough to play a browser, and to send what no browser would."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import struct
from collections.abc import Mapping
from typing import Final

import numpy as np

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
FIN: Final = 0x80
MASKED: Final = 0x80


class Refused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


class Closed(Exception):
    """The server closed the connection; `code` is 1006 when it did so without a word."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class WebSocket:
    """One connection. Pings are answered while `receive` waits."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.subprotocol = ""

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        path: str,
        *,
        subprotocol: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> WebSocket:
        """Raises Refused, OSError."""
        reader, writer = await asyncio.open_connection(host, port)
        socket = cls(reader, writer)
        try:
            await socket._shake_hands(f"{host}:{port}", path, subprotocol, headers or {})
        except BaseException:
            await socket.let_go()
            raise
        return socket

    async def _shake_hands(self, host: str, path: str, subprotocol: str, headers: Mapping[str, str]) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(answer.split(" ", 2)[1])
        if status != 101:
            raise Refused(status)
        for line in answer.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "sec-websocket-protocol":
                self.subprotocol = value.strip()

    async def send(self, data: str | bytes) -> None:
        if isinstance(data, str):
            await self.send_frame(TEXT, data.encode())
        else:
            await self.send_frame(BINARY, data)

    async def send_frame(self, opcode: int, payload: bytes) -> None:
        """Raises OSError when the connection is gone."""
        await self.send_bytes(frame(opcode, payload))

    async def send_bytes(self, data: bytes) -> None:
        """Anything at all, as it is. Raises OSError when the connection is gone."""
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self) -> str | bytes:
        """The next message. Raises Closed."""
        while True:
            opcode, payload = await self._frame()
            if opcode == TEXT:
                return payload.decode()
            if opcode == BINARY:
                return payload
            if opcode == PING:
                await self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                await self._answer_close(payload)

    async def _answer_close(self, payload: bytes) -> None:
        code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
        with contextlib.suppress(OSError):  # it was quicker
            await self.send_frame(CLOSE, payload)
        raise Closed(code)

    async def _frame(self) -> tuple[int, bytes]:
        try:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack("!H", await self._reader.readexactly(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", await self._reader.readexactly(8))[0]
            return first & 0x0F, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Closed(1006) from error

    async def close(self, code: int = 1000) -> None:
        """Begin the closing handshake; `receive` ends with the answer to it."""
        with contextlib.suppress(OSError):
            await self.send_frame(CLOSE, struct.pack("!H", code))

    async def let_go(self) -> None:
        """Give the socket back to the system: without a closing handshake, that is as when the network goes."""
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def frame(opcode: int, payload: bytes, mask: bytes | None = None) -> bytes:
    """One whole frame, masked as a client must."""
    mask = mask or os.urandom(4)
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", FIN | opcode, MASKED | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", FIN | opcode, MASKED | 126, length)
    else:
        head = struct.pack("!BBQ", FIN | opcode, MASKED | 127, length)
    return head + mask + _masked(payload, mask)


def _masked(payload: bytes, mask: bytes) -> bytes:
    data = np.frombuffer(payload, dtype=np.uint8)
    keys = np.resize(np.frombuffer(mask, dtype=np.uint8), len(data))
    return (data ^ keys).tobytes()
