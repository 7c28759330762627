"""Starting a drill, and keeping what was measured in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Purpose, User
from accounts.queries import standing_purposes
from scoring.actions import hold_person
from scoring.cues.analysis import Track
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Cue
from scoring.performance.expectation import Expectation
from scoring.performance.index import Profile
from scoring.queries import baseline_of, profile_of
from sessions.actions.starting import check_person, check_scenario
from sessions.drills import watching
from sessions.drills.aims import aim_of
from sessions.drills.measuring import measured
from sessions.drills.queries import made_today, ready_result, unfinished
from sessions.errors import CannotStart
from sessions.listener.basis import holds
from sessions.models import Advice, Answer, AnswerResult, Drill, Mode, PracticeSession
from sessions.scores import performance_of, stored_basis
from sessions.tracks import track_of

MOST_A_DAY = 40


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a drill is about, and how it is done."""

    answer: Answer
    result: AnswerResult
    advice: Advice | None
    watched: tuple[Cue, ...]
    mode: Mode
    profile: Profile


@transaction.atomic
def start_drill(
    *, user: User, answer: Answer, cues: Iterable[str] = (), advice: Advice | None = None
) -> PracticeSession:
    """A drill of the answer's question in its lobby, or the one of the same that is not ended. Raises CannotStart.

    `cues` are codes; with an `advice` on the answer they are its changes, or some of them. By the mode of the answer's
    session where the consents stand, else by voice. The caller has come through the gate of the answer.
    """
    hold_person(user_id=user.pk)
    session = answer.session
    check_person(user, session.institution)
    check_scenario(session.institution, session.scenario)
    profile = profile_of(user_id=user.pk, institution_id=session.institution_id)
    watched = _watched(cues, advice, profile)
    mode = _mode(user, session, watched)
    result = ready_result(answer)
    if result is None:
        raise CannotStart("not_analysed")
    going_on = unfinished(user, answer, advice, watched)
    return going_on or _made(_Plan(answer, result, advice, watched, mode, profile))


def keep_after(*, answer: Answer, cues: Mapping[str, Any], track: Track, baseline: Baseline | None) -> None:
    """What the analysis of a drill's answer found of what it watched. Within the transaction of the result."""
    drill = Drill.objects.select_for_update().filter(session_id=answer.session_id).first()
    if drill is None:
        return
    since_ms = float(answer.question_ended_ms or 0)
    watched = watching.known(drill.cues)
    drill.after = measured(cues, track, watched, since_ms=since_ms, baseline=baseline)
    drill.save(update_fields=["after"])


def _watched(cues: Iterable[str], advice: Advice | None, profile: Profile) -> tuple[Cue, ...]:
    asked = tuple(cues)
    if advice is not None:
        if not advice.current or not holds(advice.details, profile):
            raise CannotStart("advice_old")
        advised = [str(change["cue"]) for change in advice.changes]
        asked = tuple(code for code in advised if code in asked) if asked else tuple(advised)
    found = watching.known(asked)[: watching.MOST]
    if not found:
        raise CannotStart("nothing_to_watch")
    kept = tuple(cue for cue in found if cue not in profile.off)
    if not kept:
        raise CannotStart("left_out")
    return kept


def _mode(user: User, session: PracticeSession, watched: tuple[Cue, ...]) -> Mode:
    agreed = standing_purposes(user, session.institution_id)
    by_camera = session.mode == Mode.CAMERA and Purpose.CAMERA in agreed
    if not by_camera and watching.needs_camera(watched):
        raise CannotStart("drill_needs_camera")
    return Mode.CAMERA if by_camera else Mode.VOICE


def _made(plan: _Plan) -> PracticeSession:
    answer, source = plan.answer, plan.answer.session
    if made_today(source.user) >= MOST_A_DAY:
        raise CannotStart("drills_enough")
    session = PracticeSession.objects.create(
        institution=source.institution,
        user=source.user,
        scenario=source.scenario,
        mode=plan.mode,
        question_ids=[answer.question_id],
        is_drill=True,
    )
    baseline = baseline_of(user_id=source.user_id, institution_id=source.institution_id)
    Drill.objects.create(
        session=session,
        institution=source.institution,
        advice=plan.advice,
        source=answer,
        cues=[cue.value for cue in plan.watched],
        before=_before(plan, baseline),
        aims=_aims(plan, baseline),
    )
    return session


def _before(plan: _Plan, baseline: Baseline | None) -> dict[str, dict[str, Any]]:
    since_ms = float(plan.answer.question_ended_ms or 0)
    track = track_of(plan.result)
    return measured(plan.result.cues, track, plan.watched, since_ms=since_ms, baseline=baseline)


def _aims(plan: _Plan, baseline: Baseline | None) -> dict[str, dict[str, Any]]:
    changes = {change["cue"]: change for change in plan.advice.changes} if plan.advice else {}
    expected = _expected(plan.answer)
    return {
        cue.value: aim_of(
            cue,
            plan.result.cues.get(cue.value, {}).get("v"),
            change=changes.get(cue.value),
            expected=expected.get(cue),
            usual=baseline.usual(cue) if baseline else None,
            profile=plan.profile,
            language=plan.answer.session.scenario.language,
        ).to_json()
        for cue in plan.watched
    }


def _expected(answer: Answer) -> dict[Cue, Expectation]:
    """What the answer's index was made of."""
    score = performance_of(answer)
    if score is None:
        return {}
    return {one.cue: one for one in stored_basis(score.details).expected}
