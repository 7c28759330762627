"""The live socket on the real ASGI application."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError
from django.utils import timezone

from accounts.actions import withdraw_consent
from accounts.models import Institution, Purpose, User
from scoring.actions import set_profile
from scoring.cues.catalogue import Cue
from scoring.cues.policy import HintCode, HintPolicy
from sessions import actions
from sessions.actions.takes import path_of
from sessions.live import intake, service, socket
from sessions.live.groups import live_layer, person_group
from sessions.live.journal import Journal, read_take
from sessions.live.protocol import MAX_BYTES, SUBPROTOCOL, FrameBytes, pack_blocks
from sessions.models import Answer, AnswerState, PracticeSession, Scenario

Windows = Callable[..., Any]
Run = Callable[[Any], None]
FACE = FrameBytes(0, *pack_blocks(face=np.full((52, 3), 0.5, dtype=np.float32)))


async def begin(window: Any, *verbs: str) -> None:
    """Open the window and go on to where `verbs` lead."""
    await window.open()
    for verb in verbs or ("begin",):
        reply = await window.say(verb)
        assert reply["type"] == "state"


def errors(window: Any, code: str) -> list[dict[str, Any]]:
    return [message for message in window.heard if message["type"] == "error" and message["code"] == code]


async def nothing_more(window: Any) -> None:
    """What was sent before has been dealt with: the ping after it is answered, and no error came."""
    await window.socket.send_to(json.dumps({"type": "ping", "id": 99}))
    while (message := await window.hear_that(lambda _: True))["type"] != "pong":
        assert message["type"] != "error"


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


# --- order ------------------------------------------------------------------------------------------


def test_a_gap_is_said_once_and_filled(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def skip_one() -> None:
        await begin(window)
        await window.speak(0.25)
        skipped = window.signal()
        window.seq, window.t_ms = 2, 500
        await window.speak(0.5)
        assert (await window.hear("error"))["code"] == "gap"
        assert window.heard[-1]["next_seq"] == 1
        window.seq, window.t_ms = 1, 250
        await window.socket.send_to(bytes_data=skipped)
        window.seq, window.t_ms = 2, 500
        await window.speak(0.5)
        await window.hear("cues")
        assert len(errors(window, "gap")) == 1
        assert (await window.say("done"))["type"] == "state"

    live(skip_one)
    assert Answer.objects.get(position=0).stream_ms == 1000


def test_what_is_sent_twice_counts_once(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def stutter() -> None:
        await begin(window)
        await window.speak(0.5)
        window.seq, window.t_ms = 0, 0
        await window.speak(1)
        await nothing_more(window)
        await window.say("done")

    live(stutter)
    assert Answer.objects.get(position=0).stream_ms == 1000


def test_another_answer_is_stale_but_not_the_one_that_just_ended(
    sam: User, browser: Windows, live: Run
) -> None:
    window = browser(sam)

    async def be_late() -> None:
        await begin(window)
        await window.speak(0.5)
        late = window.signal()
        await window.say("done")
        await window.socket.send_to(bytes_data=late)
        await nothing_more(window)
        await window.socket.send_to(bytes_data=window.signal(answer=2))
        error = await window.hear("error")
        assert (error["code"], error["answer"]) == ("stale", 1)

    live(be_late)


def test_signals_before_the_first_question_have_no_answer(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def be_early() -> None:
        await window.open()
        await window.socket.send_to(bytes_data=window.signal())
        error = await window.hear("error")
        assert (error["code"], error["answer"]) == ("stale", None)

    live(be_early)


def test_a_time_that_does_not_fit_is_malformed(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def lie() -> None:
        await begin(window)
        await window.socket.send_to(bytes_data=window.signal(t_ms=90_000))
        assert (await window.hear("error"))["code"] == "malformed"

    live(lie)


def test_a_verb_at_the_wrong_time(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def push_ahead() -> None:
        await window.open()
        for verb in ("done", "asked", "resume", "pause", "repeat", "answer"):
            reply = await window.say(verb)
            assert (reply["type"], reply["code"]) == ("error", "not_now")
            assert reply["text"]
        assert (await window.say("begin"))["state"]["name"] == "asking"

    live(push_ahead)


# --- limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bytes_data", "text_data"])
def test_what_is_too_large_closes(sam: User, browser: Windows, live: Run, kind: str) -> None:
    window = browser(sam)
    large: Any = bytes(MAX_BYTES + 1) if kind == "bytes_data" else "x" * (MAX_BYTES + 1)

    async def shout() -> None:
        await window.open()
        await window.socket.send_to(**{kind: large})
        assert await window.closed() == 4413

    live(shout)


def test_whoever_sends_too_fast_is_told_and_then_closed(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def hurry() -> None:
        await begin(window)
        await window.speak(45)
        assert await window.closed() == 4429

    live(hurry)
    assert len(errors(window, "too_fast")) == socket.TOO_FAST_ALLOWED


def test_an_answer_that_goes_on_for_too_long_ends(
    sam: User, browser: Windows, live: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_STREAM_MS", 2000)
    window = browser(sam)

    async def talk() -> None:
        await begin(window)
        await window.speak(2)
        state = (await window.hear("state"))["state"]
        assert (state["name"], state["answer"]["no"]) == ("asking", 1)

    live(talk)
    assert Answer.objects.get(position=0).state == AnswerState.SAVED


def test_a_session_that_goes_on_for_too_long_ends(
    session: PracticeSession, sam: User, browser: Windows, live: Run
) -> None:
    actions.begin(session_id=session.pk, epoch=actions.claim_connection(session_id=session.pk))
    PracticeSession.objects.update(started_at=timezone.now() - timedelta(hours=4))
    window = browser(sam)

    async def come_back() -> None:
        await window.open()
        assert (await window.hear("state"))["state"]["name"] == "done"
        assert await window.closed() == 1000

    live(come_back)


def test_silence_closes(sam: User, browser: Windows, live: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SILENCE_S", 0.2)
    window = browser(sam)

    async def say_nothing() -> None:
        await window.open()
        assert await window.closed() == 4408

    live(say_nothing)


def test_a_disk_that_is_full_keeps_the_answer_open(sam: User, browser: Windows, live: Run) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    window, again = browser(sam), browser(sam)

    async def fill() -> None:
        await begin(window)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Journal, "append", full)
            await window.speak(1)
            assert await window.closed() == 1013
        assert len(errors(window, "unavailable")) == 1
        welcome = await again.open()
        assert welcome["state"]["answer"]["next_seq"] == 0
        await again.speak(1)
        assert (await again.hear("cues"))["next_seq"] == 4

    live(fill)


def test_a_database_that_is_away_keeps_the_answer_open(sam: User, browser: Windows, live: Run) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("the server is starting")

    window, again = browser(sam), browser(sam)

    async def end_meanwhile() -> None:
        await begin(window)
        await window.speak(1.5)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(service, "perform", away)
            await window.socket.send_to(json.dumps({"type": "do", "id": 9, "verb": "done", "at_ms": 1500}))
            assert await window.closed() == 1013
        assert len(errors(window, "unavailable")) == 1
        await window.leave()
        state = (await again.open())["state"]
        assert (state["name"], state["answer"]["stream_ms"]) == ("asking", 1500)

    live(end_meanwhile)


# --- coming back ------------------------------------------------------------------------------------


def test_a_reload_goes_on_where_it_was(sam: User, browser: Windows, live: Run) -> None:
    first, second = browser(sam), browser(sam)

    async def reload() -> None:
        await begin(first, "begin", "asked")
        await first.speak(1.75)
        await nothing_more(first)
        await first.leave()
        welcome = await second.open()
        state = welcome["state"]
        assert (state["name"], state["answer"]["next_seq"], state["answer"]["stream_ms"]) == (
            "thinking",
            7,
            1750,
        )
        assert state["used_s"] == 1.75
        second.rewind(welcome)
        await second.speak(1)
        await second.say("done")
        await second.leave()

    live(reload)
    answer = Answer.objects.get(position=0)
    assert answer.stream_ms == 2750
    assert len(read_take(path_of(answer)).sound) == 44_000


def test_a_second_window_takes_over_and_the_first_says_so(sam: User, browser: Windows, live: Run) -> None:
    first, second = browser(sam), browser(sam)

    async def open_twice() -> None:
        await begin(first)
        await first.speak(0.5)
        await nothing_more(first)
        welcome = await second.open()
        assert await first.closed() == 4001
        assert first.heard[-1]["type"] == "taken_over"
        second.rewind(welcome)
        await second.speak(1)
        assert (await second.hear("cues"))["answer"] == 0
        await first.leave()
        assert (await second.say("done"))["state"]["answer"]["no"] == 1

    live(open_twice)


def test_a_window_that_did_not_hear_of_it_cannot_write(
    session: PracticeSession, sam: User, browser: Windows, live: Run
) -> None:
    window = browser(sam)

    async def be_deaf() -> None:
        await begin(window)
        await sync_to_async(actions.claim_connection)(session_id=session.pk)
        await window.speak(0.5)
        await window.socket.send_to(json.dumps({"type": "do", "id": 9, "verb": "done", "at_ms": 500}))
        assert await window.closed() == 4001

    live(be_deaf)
    assert Answer.objects.get().state == AnswerState.OPEN


def test_a_session_that_is_done_says_so_and_closes(
    session: PracticeSession, sam: User, browser: Windows, live: Run
) -> None:
    actions.end_session(session_id=session.pk, epoch=actions.claim_connection(session_id=session.pk))
    window = browser(sam)

    async def come_back() -> None:
        assert (await window.open())["state"]["name"] == "done"
        assert await window.closed() == 1000

    live(come_back)


def test_a_deleted_session_ends_the_window(
    session: PracticeSession, sam: User, browser: Windows, live: Run
) -> None:
    window = browser(sam)

    async def delete() -> None:
        await window.open()
        await sync_to_async(session.delete)()
        await window.socket.send_to(json.dumps({"type": "do", "id": 1, "verb": "begin"}))
        assert await window.closed() == 4001

    live(delete)


def test_a_pause_stores_everything_and_comes_back(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def pause() -> None:
        await begin(window, "begin", "asked", "answer")
        await window.speak(0.5)
        state = (await window.say("pause"))["state"]
        assert (state["name"], state["resumes"]) == ("paused", "answering")
        assert (state["answer"]["next_seq"], state["answer"]["stream_ms"]) == (2, 500)
        assert (await window.say("resume"))["state"]["name"] == "answering"

    live(pause)


# --- cues, hints, events ----------------------------------------------------------------------------


def test_cues_come_once_a_second_and_acknowledge(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def listen() -> None:
        await begin(window)
        for second in range(1, 4):
            await window.speak(1)
            cues = await window.hear("cues")
            assert (cues["answer"], cues["next_seq"], cues["t_ms"]) == (0, 4 * second, 1000 * second)
            assert cues["cues"]["GZ_DR"] == {"absent": "no_camera"}
            assert cues["hint"] is None

    live(listen)


async def answering_after(window: Any, spoken: Any) -> dict[str, Any]:
    """Speak, a second at a time, until the server says by itself that it heard the answer begin."""
    for second in range(8):
        await window.speak(1, spoken[second * 16000 : (second + 1) * 16000])
        await window.hear("cues")
        await nothing_more(window)
        said = [m for m in window.heard if m["type"] == "state" and m["id"] is None]
        if said:
            assert said[0]["state"]["name"] == "answering"
            state: dict[str, Any] = said[0]["state"]
            return state
    raise AssertionError("the server heard nobody")


def test_speaking_begins_the_answer(sam: User, browser: Windows, live: Run, spoken: Any) -> None:
    window = browser(sam)

    async def speak_up() -> None:
        await begin(window)
        await window.speak(1)
        await window.say("asked")
        state = await answering_after(window, spoken)
        assert 900 <= state["answer"]["speech_ms"] <= 3000
        await window.say("end")
        await window.leave()

    live(speak_up)
    answer = Answer.objects.get()
    assert answer.state == AnswerState.SAVED
    assert answer.speech_started_ms is not None
    assert answer.live["seconds"] >= 1


def test_speech_after_the_button_is_noted(sam: User, browser: Windows, live: Run, spoken: Any) -> None:
    window = browser(sam)

    async def press_then_speak() -> None:
        await begin(window, "begin", "asked", "answer")
        state = await answering_after(window, spoken)
        assert state["answer"]["speech_ms"] is not None

    live(press_then_speak)


def test_ending_without_a_word_skips_the_answer(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def give_up() -> None:
        await begin(window)
        await window.speak(2)
        assert (await window.say("end"))["state"]["name"] == "done"

    live(give_up)
    assert Answer.objects.get().state == AnswerState.SKIPPED


def test_hints_only_while_answering_and_wanted(
    sam: User, browser: Windows, live: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HintPolicy, "decide", lambda *_: HintCode.LOOK_UP)
    window = browser(sam)

    async def be_hinted() -> None:
        await begin(window)
        await window.speak(1)
        assert (await window.hear("cues"))["hint"] is None
        await window.say("asked")
        await window.say("answer")
        await window.speak(1)
        assert (await window.hear("cues"))["hint"] == {"code": "LOOK_UP", "text": "Look up"}
        await window.socket.send_to(json.dumps({"type": "hints", "on": False}))
        await window.speak(1)
        assert (await window.hear("cues"))["hint"] is None
        await window.leave()

    live(be_hinted)
    assert not PracticeSession.objects.get().hints


def test_what_the_person_left_out_is_neither_sent_nor_hinted_at(
    sam: User, northfield: Institution, browser: Windows, live: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[HintPolicy] = []
    begun = HintPolicy.__init__

    def note(self: HintPolicy, *of: Any) -> None:
        begun(self, *of)
        given.append(self)

    monkeypatch.setattr(HintPolicy, "__init__", note)
    target = {"F0_SD": {"low": 1, "high": 2}}
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["GZ_DR", "LOUD"], targets=target)
    window = browser(sam)

    async def speak() -> None:
        await begin(window)
        await window.speak(1)
        cues = (await window.hear("cues"))["cues"]
        assert not {"GZ_DR", "LOUD"} & set(cues)
        assert {"F0_SD", "PAUSE_N"} <= set(cues)
        await window.leave()

    live(speak)
    assert not {rule.cue for rule in given[-1]._rules} & {Cue.GZ_DR, Cue.LOUD}
    assert given[-1]._targets[Cue.F0_SD].high == 2


# --- consent ----------------------------------------------------------------------------------------


@pytest.fixture
def camera_session(
    sam: User, northfield: Institution, scenario: Scenario, agree: Callable[..., None]
) -> PracticeSession:
    agree(sam, northfield, Purpose.CAMERA)
    return actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="camera", record=False
    )


async def speak_with_face(window: Any, seconds: int) -> None:
    for _ in range(4 * seconds):
        await window.socket.send_to(bytes_data=window.signal(frames=[FACE]))
        window.seq += 1
        window.t_ms += 250


def test_withdrawing_the_camera_takes_effect_at_once(
    camera_session: PracticeSession,
    sam: User,
    browser: Windows,
    live: Run,
) -> None:
    window = browser(sam, path=f"/live/practice/{camera_session.pk}/")

    def withdraw() -> None:
        withdraw_consent(user=sam, institution=camera_session.institution, purpose=Purpose.CAMERA)

    async def practise() -> None:
        await begin(window)
        await speak_with_face(window, 1)
        assert (await window.hear("cues"))["cues"]["GZ_DR"] != {"absent": "no_camera"}
        await sync_to_async(withdraw)()
        # What the commit, which this test never comes to, would have said (see the next test).
        await live_layer().group_send(person_group(sam.pk), {"type": "consent.changed"})
        state = await window.hear("state")
        assert state["state"]["camera"] is False
        await speak_with_face(window, 1)
        assert (await window.hear("cues"))["cues"]["GZ_DR"] == {"absent": "no_camera"}
        await window.leave()

    live(practise)
    take = read_take(path_of(camera_session.answers.get()))
    assert (len(take.frames), len(take.sound)) == (4, 32_000)
    camera_session.refresh_from_db()
    assert camera_session.mode == "voice"


@pytest.mark.parametrize(
    ("purpose", "told"), [(Purpose.CAMERA, True), (Purpose.RECORDING, True), (Purpose.SHARE, False)]
)
def test_open_windows_hear_of_a_withdrawal(
    sam: User,
    northfield: Institution,
    agree: Callable[..., None],
    purpose: Purpose,
    told: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    agree(sam, northfield, purpose)
    layer = live_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(person_group(sam.pk), channel)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(user=sam, institution=northfield, purpose=purpose)
    assert (channel in layer.channels) is told
    if told:
        assert async_to_sync(layer.receive)(channel) == {"type": "consent.changed"}


def test_who_practises_by_voice_cannot_send_landmarks(sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def send_anyway() -> None:
        await begin(window)
        await speak_with_face(window, 1)
        await window.hear("cues")
        await window.leave()

    live(send_anyway)
    assert len(read_take(path_of(Answer.objects.get())).frames) == 0
