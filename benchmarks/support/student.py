"""A browser that practises, over a real socket: the protocol's client side, with times of what was sent and heard."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.support.signals import MESSAGE_MS
from benchmarks.support.websocket import Closed, WebSocket
from sessions.live.protocol import SUBPROTOCOL

REPLY_S = 30.0


@dataclass
class Student:
    """One window on one session. `heard` are the messages in their order, `latencies_s` of the cues."""

    port: int
    path: str
    headers: Mapping[str, str]
    heard: list[dict[str, Any]] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)
    sent_s: dict[int, float] = field(default_factory=dict)
    cues: int = 0
    """How often cues came."""
    next_seq: int = 0
    """What the server has acknowledged of the open answer."""

    async def connect(self) -> dict[str, Any]:
        """The welcome. Raises Refused, Closed, OSError."""
        self.socket = await WebSocket.open(
            "127.0.0.1", self.port, self.path, subprotocol=SUBPROTOCOL, headers=self.headers
        )
        self._news = asyncio.Condition()
        self._ids = 0
        self._closed: int | None = None
        self._listener = asyncio.create_task(self._listen())
        return await self.hear(lambda m: m["type"] == "welcome")

    async def _listen(self) -> None:
        try:
            while True:
                message = json.loads(await self.socket.receive())
                self._note(message, time.perf_counter())
                async with self._news:
                    self.heard.append(message)
                    self._news.notify_all()
        except (Closed, OSError) as error:
            await self.socket.let_go()
            async with self._news:
                self._closed = error.code if isinstance(error, Closed) else 1006
                self._news.notify_all()

    def _note(self, message: dict[str, Any], now_s: float) -> None:
        if message["type"] == "cues":
            self.cues += 1
            self.next_seq = message["next_seq"]
            last = message["t_ms"] // MESSAGE_MS - 1
            if last in self.sent_s:
                self.latencies_s.append(now_s - self.sent_s[last])
        elif message["type"] in ("welcome", "state") and message["state"]["answer"]:
            self.next_seq = message["state"]["answer"]["next_seq"]

    async def hear(self, wanted: Any, *, since: int = 0) -> dict[str, Any]:
        """The first message from number `since` on that is `wanted`. Raises Closed, TimeoutError."""
        async with asyncio.timeout(REPLY_S), self._news:
            while True:
                for message in self.heard[since:]:
                    if wanted(message):
                        return message
                since = len(self.heard)
                if self._closed is not None:
                    raise Closed(self._closed)
                await self._news.wait()

    async def closed(self) -> int:
        """The code with which the server closed."""
        async with asyncio.timeout(REPLY_S), self._news:
            await self._news.wait_for(lambda: self._closed is not None)
        assert self._closed is not None
        return self._closed

    async def say(self, verb: str, at_ms: int = 0) -> dict[str, Any]:
        """The state that answers the verb. Raises Closed, TimeoutError."""
        self._ids += 1
        number, since = self._ids, len(self.heard)
        await self.socket.send(json.dumps({"type": "do", "id": number, "verb": verb, "at_ms": at_ms}))
        return await self.hear(lambda m: m.get("id") == number, since=since)

    async def stream(self, messages: Sequence[bytes], *, first: int = 0, pace: float = 1.0) -> None:
        """Send messages from number `first` on, one every 250 ms (divided by `pace`), by the clock."""
        began_s = time.perf_counter()
        for number in range(first, len(messages)):
            due_s = began_s + (number - first) * MESSAGE_MS / 1000 / pace
            await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
            self.sent_s[number] = time.perf_counter()
            await self.socket.send(messages[number])

    async def leave(self) -> None:
        await self.socket.close()
        await self._listener

    async def vanish(self) -> None:
        """As when the network goes."""
        await self.socket.let_go()
        await self._listener
