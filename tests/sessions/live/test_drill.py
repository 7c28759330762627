"""The room of a drill: what it watches is sent and hinted at, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from scoring.actions import set_profile
from scoring.cues.catalogue import Cue
from sessions.live import service
from sessions.models import Answer, AnswerState, Drill, PracticeSession

Windows = Callable[..., Any]
Run = Callable[[Any], None]


@pytest.fixture
def drill(session: PracticeSession, sam: User) -> Drill:
    """The session of `browser` as a drill of loudness and pitch."""
    session.is_drill = True
    session.question_ids = session.question_ids[:1]
    session.save()
    return Drill.objects.create(session=session, institution=session.institution, cues=["LOUD", "F0_SD"])


def test_only_the_watched_cues_are_sent(
    drill: Drill, sam: User, spoken: Any, browser: Windows, live: Run
) -> None:
    window = browser(sam)

    async def practise() -> None:
        await window.open()
        for verb in ("begin", "asked", "answer"):
            await window.say(verb)
        await window.speak(3, spoken)
        await window.hear_that(lambda m: m["type"] == "cues" and "v" in m["cues"].get("LOUD", {}))
        await window.leave()

    live(practise)
    sent = [message for message in window.heard if message["type"] == "cues"]
    assert sent
    assert {code for message in sent for code in message["cues"]} == {"LOUD", "F0_SD"}
    assert not [message for message in window.heard if message["type"] == "event"]


def test_hints_are_about_what_is_watched(drill: Drill, sam: User) -> None:
    opened = service.open_practice(sam, drill.pk)
    assert frozenset(Cue) - opened.profile.off == {Cue.LOUD, Cue.F0_SD}


def test_what_was_left_out_since_is_not_watched_either(drill: Drill, sam: User) -> None:
    set_profile(user_id=sam.pk, institution_id=drill.institution_id, off=["LOUD"], targets={})
    opened = service.open_practice(sam, drill.pk)
    assert frozenset(Cue) - opened.profile.off == {Cue.F0_SD}


def test_an_interview_watches_all(session: PracticeSession, sam: User) -> None:
    assert service.open_practice(sam, session.pk).profile.off == frozenset()


def test_the_drill_ends_after_its_question(drill: Drill, sam: User, browser: Windows, live: Run) -> None:
    window = browser(sam)

    async def practise() -> None:
        await window.open()
        for verb in ("begin", "asked", "answer"):
            await window.say(verb)
        await window.speak(1)
        reply = await window.say("done")
        assert reply["state"]["name"] == "done"

    live(practise)
    assert [answer.state for answer in Answer.objects.filter(session_id=drill.pk)] == [AnswerState.SAVED]
