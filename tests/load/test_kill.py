"""Nothing but the second in flight is lost: killed servers, cut lines, and what no browser would send.

These talk to a real daphne over real sockets and kill it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import numpy as np
import pytest

from benchmarks.support.house import Seat
from benchmarks.support.server import Server
from benchmarks.support.signals import MESSAGE_MS, messages
from benchmarks.support.student import Student
from benchmarks.support.websocket import BINARY, Closed, Refused, WebSocket, frame
from sessions.actions.takes import path_of
from sessions.live.journal import read_take
from sessions.live.protocol import SUBPROTOCOL
from sessions.models import Answer, AnswerState

pytestmark = pytest.mark.slow

SECOND = 1000 // MESSAGE_MS


def student(server: Server, seat: Seat) -> Student:
    return Student(server.port, seat.path, seat.headers)


async def begin(one: Student) -> None:
    await one.connect()
    for verb in ("begin", "asked", "answer"):
        await one.say(verb)


async def stream_until_cut(one: Student, stream: list[bytes], cut: Any, *, after_s: float) -> int:
    """Send in real time; `cut` happens after a while. The number of messages sent by then."""
    sending = asyncio.create_task(one.stream(stream))
    await asyncio.sleep(after_s)
    await cut()
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError, OSError):
        await sending
    return max(one.sent_s) + 1


def assert_saved_once(sound: Any, stream: list[bytes]) -> None:
    answer = Answer.objects.get(position=0)
    assert answer.state == AnswerState.SAVED
    assert answer.stream_ms == len(stream) * MESSAGE_MS
    take = read_take(path_of(answer))
    np.testing.assert_array_equal(take.sound, sound[: len(take.sound)])
    assert len(take.sound) == len(stream) * MESSAGE_MS * 16


def test_a_server_killed_in_the_middle_of_an_answer(server: Server, seat: Seat, spoken: Any) -> None:
    stream = messages(spoken, answer=0, seed=1)

    async def practise() -> None:
        first = student(server, seat)
        await begin(first)
        sent = await stream_until_cut(first, stream, lambda: asyncio.to_thread(server.kill), after_s=4.6)
        acknowledged = first.next_seq
        assert await first.closed() == 1006

        await asyncio.to_thread(server.start)
        second = student(server, seat)
        state = (await second.connect())["state"]
        assert (state["name"], state["question"]["no"]) == ("answering", 0)
        next_seq = state["answer"]["next_seq"]
        assert state["answer"]["stream_ms"] == next_seq * MESSAGE_MS
        assert next_seq >= acknowledged, "what was acknowledged is safe"
        assert next_seq >= sent - 2 * SECOND, "more than the second in flight was lost"

        await second.stream(stream, first=next_seq, pace=2)
        reply = await second.say("done", len(stream) * MESSAGE_MS)
        assert (reply["state"]["name"], reply["state"]["answer"]["no"]) == ("asking", 1)
        await second.leave()

    asyncio.run(practise())
    assert_saved_once(spoken, stream)


def test_a_line_that_is_cut(server: Server, seat: Seat, spoken: Any) -> None:
    stream = messages(spoken[:96_000], answer=0, seed=1)

    async def practise() -> None:
        first = student(server, seat)
        await begin(first)
        sent = await stream_until_cut(first, stream, first.vanish, after_s=2.1)
        second = student(server, seat)
        answer = (await second.connect())["state"]["answer"]
        assert sent - SECOND <= answer["next_seq"] <= sent
        # What was sent already does no harm a second time.
        await second.stream(stream, first=max(0, answer["next_seq"] - 3), pace=2)
        await second.say("done", len(stream) * MESSAGE_MS)
        await second.leave()

    asyncio.run(practise())
    assert_saved_once(spoken, stream)


def test_two_windows(server: Server, seat: Seat, spoken: Any) -> None:
    stream = messages(spoken[:64_000], answer=0, seed=1)

    async def practise() -> None:
        first, second = student(server, seat), student(server, seat)
        await begin(first)
        await first.stream(stream[:6], pace=4)
        answer = (await second.connect())["state"]["answer"]
        assert await first.closed() == 4001
        assert first.heard[-1]["type"] == "taken_over"
        await second.stream(stream, first=answer["next_seq"], pace=2)
        await second.say("done")
        await second.leave()

    asyncio.run(practise())
    assert_saved_once(spoken, stream)


def test_ten_megabytes_are_cut_off_before_they_are_read(server: Server, seat: Seat) -> None:
    async def flood() -> None:
        one = student(server, seat)
        await one.connect()
        before = server.memory_kb()
        with contextlib.suppress(OSError):
            await one.socket.send_frame(BINARY, bytes(10 * 1024 * 1024))
        assert await one.closed() == 1006
        assert server.memory_kb() - before < 4 * 1024
        again = student(server, seat)
        await again.connect()
        await again.leave()

    asyncio.run(flood())


def test_a_frame_a_little_too_large_is_answered(server: Server, seat: Seat) -> None:
    async def push() -> None:
        one = student(server, seat)
        await one.connect()
        await one.socket.send(bytes(40 * 1024))
        assert await one.closed() == 4413
        assert one.heard[-1]["code"] == "too_large"

    asyncio.run(push())


def test_a_message_in_many_small_frames_is_cut_off_too(server: Server, seat: Seat) -> None:
    async def drip() -> None:
        one = student(server, seat)
        await one.connect()
        piece = bytearray(frame(BINARY, bytes(1024)))
        piece[0] &= 0x7F  # not the last one
        with contextlib.suppress(OSError):
            await one.socket.send_bytes(bytes(piece))
            piece[0] &= 0xF0  # a continuation
            for _ in range(200):
                await one.socket.send_bytes(bytes(piece))
        assert await one.closed() == 1006

    asyncio.run(drip())


def test_who_may_not_come_in(server: Server, seat: Seat) -> None:
    elsewhere = {**seat.headers, "Origin": "https://elsewhere.example"}

    async def refused(headers: dict[str, str], subprotocol: str) -> int:
        with pytest.raises(Refused) as caught:
            await WebSocket.open(
                "127.0.0.1", server.port, seat.path, subprotocol=subprotocol, headers=headers
            )
        return caught.value.status

    async def knock() -> None:
        assert await refused(elsewhere, SUBPROTOCOL) == 403
        assert await refused(seat.headers, "greenroom.live.v2") == 403
        assert await refused(seat.headers, "") == 403
        stranger = Student(server.port, seat.path, {"Origin": "http://127.0.0.1"})
        with pytest.raises(Closed) as caught:
            await stranger.connect()
        assert caught.value.code == 4404

    asyncio.run(knock())
