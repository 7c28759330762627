"""A browser's side of the live socket for tests: real application, real cookies, real messages."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import Institution, User
from greenroom.asgi import application
from sessions import actions
from sessions.live.protocol import SUBPROTOCOL, pack_signal
from sessions.models import PracticeSession, Scenario

WAIT_S = 10


@pytest.fixture
def session(sam: User, northfield: Institution, scenario: Scenario) -> PracticeSession:
    return actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="voice", record=False
    )


class Browser:
    """One window. `say` sends a verb, `speak` seconds of sound, `hear` waits for a message of a type."""

    def __init__(self, path: str, cookie: str, *, origin: str, subprotocols: list[str]) -> None:
        headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        self.socket = WebsocketCommunicator(application, path, headers=headers, subprotocols=subprotocols)
        self.answer = self.seq = self.t_ms = 0
        self.ids = 0
        self.heard: list[dict[str, Any]] = []

    async def open(self) -> dict[str, Any]:
        """The welcome."""
        connected, protocol = await self.socket.connect(timeout=WAIT_S)
        assert (connected, protocol) == (True, SUBPROTOCOL)
        welcome = await self.hear("welcome")
        self.follow(welcome["state"])
        return welcome

    def follow(self, state: dict[str, Any]) -> None:
        answer = state["answer"]
        if answer is not None and answer["no"] != self.answer:
            self.answer, self.seq, self.t_ms = answer["no"], 0, 0

    def rewind(self, welcome: dict[str, Any]) -> None:
        """Go on where the server stands."""
        answer = welcome["state"]["answer"]
        self.answer, self.seq, self.t_ms = answer["no"], answer["next_seq"], answer["stream_ms"]

    async def say(self, verb: str, at_ms: int | None = None) -> dict[str, Any]:
        """Send a verb; the state or error that answers it."""
        self.ids += 1
        at_ms = self.t_ms if at_ms is None else at_ms
        await self.socket.send_to(json.dumps({"type": "do", "id": self.ids, "verb": verb, "at_ms": at_ms}))
        reply = await self.hear_that(lambda m: m.get("id") == self.ids)
        if reply["type"] == "state":
            self.follow(reply["state"])
        return reply

    def signal(self, sound: Any = None, **changes: Any) -> bytes:
        """The next message of the stream, a quarter of a second."""
        sound = np.zeros(4000, dtype=np.int16) if sound is None else sound
        fields = {"answer": self.answer, "seq": self.seq, "t_ms": self.t_ms, "sound": sound, **changes}
        return pack_signal(**fields)

    async def speak(self, seconds: float, sound: Any = None) -> None:
        count = round(seconds * 4)
        for number in range(count):
            part = None if sound is None else sound[number * 4000 : (number + 1) * 4000]
            await self.socket.send_to(bytes_data=self.signal(part))
            self.seq += 1
            self.t_ms += 250

    async def hear(self, type_: str) -> dict[str, Any]:
        return await self.hear_that(lambda m: m["type"] == type_)

    async def hear_that(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=WAIT_S))
            self.heard.append(message)
            if wanted(message):
                return message

    async def closed(self) -> int:
        """The code with which the server closes; what it says before is in `heard`."""
        while True:
            output = await self.socket.receive_output(timeout=WAIT_S)
            if output["type"] == "websocket.close":
                return int(output["code"])
            self.heard.append(json.loads(output["text"]))

    async def leave(self) -> None:
        await self.socket.disconnect(timeout=WAIT_S)


@pytest.fixture
def browser(session: PracticeSession) -> Callable[..., Browser]:
    """`browser(sam)` is a window of Sam's on the session; `browser(None)` a stranger's."""

    def window(
        user: User | None,
        *,
        path: str = f"/live/practice/{session.pk}/",
        origin: str = "http://localhost",
        subprotocols: tuple[str, ...] = (SUBPROTOCOL,),
    ) -> Browser:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value if user is not None else ""
        return Browser(path, cookie, origin=origin, subprotocols=list(subprotocols))

    return window


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Runs a coroutine so that the database is asked in this thread, inside the test's own transaction."""
    # Which Channels would close with its connection; Django's own test client does the same.
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)

    def run(body: Callable[[], Awaitable[None]]) -> None:
        async_to_sync(body)()

    return run
