"""One WebSocket: what it hears, in which order it is dealt with, and how it ends. Knows nothing of interviews.

Everything passes through `dispatch`, one thing after the other (`turn`): what the browser sends, what other processes
say through the channel layer, and what was computed beside the loop and put into the `inbox`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import translation

from sessions.errors import TakenOver
from sessions.live import protocol
from sessions.live.groups import live_layer
from sessions.live.intake import Pace
from sessions.live.journal import Fenced, JournalError
from sessions.live.protocol import ProtocolError, Request, Signal
from sessions.live.texts import ERRORS

log = structlog.get_logger(__name__)

CLOSE_DONE: Final = 1000
CLOSE_TRY_AGAIN: Final = 1013
CLOSE_TAKEN_OVER: Final = 4001
CLOSE_MALFORMED: Final = 4400
CLOSE_NOT_FOUND: Final = 4404
CLOSE_SUBPROTOCOL: Final = 4406
CLOSE_SILENT: Final = 4408
CLOSE_TOO_LARGE: Final = 4413
CLOSE_TOO_FAST: Final = 4429

MALFORMED_ALLOWED: Final = 10
TOO_FAST_ALLOWED: Final = 40
SILENCE_S: Final = 60.0


class LiveSocket(AsyncWebsocketConsumer):
    """Speaks `protocol`. Subclasses open (`open`), take what passed every check, and clean up (`leave`)."""

    async def open(self) -> None:
        raise NotImplementedError

    async def take_signal(self, signal: Signal) -> None:
        raise NotImplementedError

    async def take_request(self, request: Request) -> None:
        raise NotImplementedError

    async def leave(self) -> None:
        """Give back what is held. Called once, however the connection ends."""
        raise NotImplementedError

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Channels' own makes a task for every message and looks after database connections that are not here."""
        self.scope = scope
        self.base_send = send
        self.over = False
        self.malformed = self.too_fast = 0
        self.timers: list[asyncio.TimerHandle] = []
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.turn = asyncio.Lock()
        self.loop = asyncio.get_running_loop()
        self.heard_s = self.loop.time()
        self.pace = Pace(began_s=self.heard_s)
        self.channel_layer = live_layer()
        self.channel_name = await self.channel_layer.new_channel()
        try:
            await self._listen_to_all(receive)
        finally:
            self._end()
            await self.leave()

    async def _listen_to_all(self, receive: Callable[[], Awaitable[Any]]) -> None:
        async with asyncio.TaskGroup() as beside:
            from_layer = partial(self.channel_layer.receive, self.channel_name)
            listeners = [beside.create_task(self._listen(source)) for source in (from_layer, self.inbox.get)]
            try:
                await self._listen(receive)
            except StopConsumer:
                pass
            finally:
                for listener in listeners:
                    listener.cancel()

    async def _listen(self, source: Callable[[], Awaitable[Any]]) -> None:
        while True:
            message = await source()
            async with self.turn:
                await self.dispatch(message)

    async def dispatch(self, message: Any) -> None:
        """What cannot be stored now is not acknowledged, so the browser keeps it and comes back."""
        try:
            await getattr(self, get_handler_name(message))(message)
        except (TakenOver, Fenced):
            await self.say("taken_over")
            await self.finish(CLOSE_TAKEN_OVER)
        except (JournalError, OSError, DatabaseError):
            log.exception("live_unavailable")
            await self.error("unavailable")
            await self.finish(CLOSE_TRY_AGAIN)

    # --- coming and going -----------------------------------------------------------------------

    async def websocket_connect(self, message: Any) -> None:
        if protocol.SUBPROTOCOL not in self.scope["subprotocols"]:
            await self.finish(CLOSE_SUBPROTOCOL)
            return
        # Accepted first: a browser learns the code of a close only after the handshake.
        await self.accept(protocol.SUBPROTOCOL)
        self.later(SILENCE_S, "silence.check")
        await self.open()

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    async def finish(self, code: int) -> None:
        """Close. Nothing is said or heard any more."""
        if not self.over:
            self._end()
            await self.close(code)

    def _end(self) -> None:
        self.over = True
        for timer in self.timers:
            timer.cancel()

    def later(self, seconds: float, type_: str) -> None:
        """Let the handler of `type_` be called after so many seconds, in its turn."""
        if not self.over:
            self.timers.append(self.loop.call_later(seconds, self.inbox.put_nowait, {"type": type_}))

    async def silence_check(self, _message: Any) -> None:
        silent_s = self.loop.time() - self.heard_s
        if silent_s >= SILENCE_S:
            await self.finish(CLOSE_SILENT)
        else:
            self.later(SILENCE_S - silent_s, "silence.check")

    # --- hearing --------------------------------------------------------------------------------

    async def websocket_receive(self, message: Any) -> None:
        if self.over:
            return
        self.heard_s = self.loop.time()
        try:
            await self._take(message)
        except protocol.Oversized:
            await self.error("too_large")
            await self.finish(CLOSE_TOO_LARGE)
        except ProtocolError:
            self.malformed += 1
            await self.error("malformed")
            if self.malformed >= MALFORMED_ALLOWED:
                await self.finish(CLOSE_MALFORMED)

    async def _take(self, message: Any) -> None:
        data = message.get("bytes")
        if data is None:
            await self.take_request(protocol.parse_text(message.get("text") or ""))
            return
        signal = protocol.parse_signal(data)
        if self.pace.admits(signal, self.loop.time()):
            await self.take_signal(signal)
        else:
            await self._slow_down()

    async def _slow_down(self) -> None:
        self.too_fast += 1
        await self.error("too_fast")
        if self.too_fast >= TOO_FAST_ALLOWED:
            await self.finish(CLOSE_TOO_FAST)

    # --- saying ---------------------------------------------------------------------------------

    async def say(self, type_: str, **fields: Any) -> None:
        if not self.over:
            await self.send(text_data=protocol.message(type_, **fields))

    async def error(self, code: str, *, id: int | None = None, **fields: Any) -> None:
        language = getattr(self.scope.get("user"), "language", None) or settings.LANGUAGE_CODE
        with translation.override(language):
            text = str(ERRORS[code])
        await self.say("error", id=id, code=code, text=text, **fields)
