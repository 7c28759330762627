"""The live socket on the real ASGI application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from accounts.models import User
from sessions.live.protocol import SUBPROTOCOL
from sessions.models import AnswerState, PracticeSession

Windows = Callable[..., Any]
Run = Callable[[Any], None]


def test_a_whole_interview(session: PracticeSession, sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def practise() -> None:
        welcome = await window.open()
        assert welcome["version"] == 1
        assert welcome["state"]["name"] == "lobby"
        assert welcome["state"]["answer"] is None
        reply = await window.say("begin")
        for number in range(3):
            state = reply["state"]
            assert state["name"] == "asking"
            assert state["question"]["no"] == state["answer"]["no"] == number
            await window.speak(1)
            assert (await window.say("asked"))["state"]["name"] == "thinking"
            await window.speak(0.5)
            assert (await window.say("answer"))["state"]["name"] == "answering"
            await window.speak(2)
            reply = await window.say("done")
        assert reply["state"]["name"] == "done"
        assert await window.closed() == 1000

    live(practise)
    session.refresh_from_db()
    answers = list(session.answers.all())
    assert session.state == "done"
    assert [a.state for a in answers] == [AnswerState.SAVED] * 3
    assert [a.stream_ms for a in answers] == [3500] * 3
    assert [a.question_ended_ms for a in answers] == [1000] * 3
    assert session.used_ms == 10500


def test_strangers_and_others_get_the_same_close(
    sam: User, tia: User, ada: User, otto: User, browser: Windows, live: Run
) -> None:
    windows = [browser(user) for user in (None, tia, ada, otto)]
    windows.append(browser(sam, path="/live/practice/00000000-0000-4000-8000-000000000000/"))

    async def knock() -> None:
        for window in windows:
            assert await window.socket.connect() == (True, SUBPROTOCOL)
            assert await window.closed() == 4404
            assert window.heard == []

    live(knock)


def test_another_subprotocol_is_refused_before_the_handshake(sam: User, browser: Windows, live: Run) -> None:
    windows = [browser(sam, subprotocols=offered) for offered in ((), ("greenroom.live.v2",))]

    async def knock() -> None:
        for window in windows:
            assert await window.socket.connect() == (False, 4406)

    live(knock)


def test_another_origin_is_refused(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam, origin="https://elsewhere.example")

    async def knock() -> None:
        connected, _ = await window.socket.connect()
        assert not connected

    live(knock)


def test_a_message_that_makes_no_sense(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def talk_nonsense() -> None:
        await window.open()
        for text in ("{", "[]", json.dumps({"type": "dance"})):
            await window.socket.send_to(text)
            assert (await window.hear("error"))["code"] == "malformed"
        for data in (b"\0", b"G", bytes(16), b"G\x01" + bytes(14)):
            await window.socket.send_to(bytes_data=data)
            assert (await window.hear("error"))["code"] == "malformed"
        for _ in range(3):
            await window.socket.send_to("null")
        assert await window.closed() == 4400

    live(talk_nonsense)
