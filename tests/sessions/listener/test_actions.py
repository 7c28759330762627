"""Ratings and advice: made where the policy runs them, by what the person permits, and named by their models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Institution, ModelKind, User
from scoring.actions import set_profile
from scoring.cues.catalogue import Cue
from scoring.models import ModelVersion
from scoring.registry import files
from scoring.registry.queries import in_use
from sessions.listener import actions
from sessions.listener.queries import advice_by_answer, advice_of, engagement_of
from sessions.models import Advice, Answer, AnswerScore
from sessions.scores import profile_of
from sessions.tracks import track_of

Answered = Callable[..., Answer]


def listen(answer: Answer) -> tuple[AnswerScore | None, Advice | None]:
    """As at the end of an analysis."""
    made = actions.prepare(answer, track_of(answer.result))
    with transaction.atomic():
        actions.keep(answer, made)
    score = AnswerScore.objects.filter(answer=answer, kind="engagement", current=True).first()
    return score, Advice.objects.filter(answer=answer, current=True).first()


def person(user: User, institution: Institution) -> dict[str, Any]:
    return {"user_id": user.pk, "institution_id": institution.pk}


# --- what is kept ---------------------------------------------------------------------------------------


def test_a_rating_has_a_probability_for_each_second_after_the_question(
    sam: User, northfield: Institution, answered: Answered
) -> None:
    score, _ = listen(answered(sam, northfield))
    assert score is not None
    shipped = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert shipped is not None
    assert score.version == shipped.name
    seconds = score.details["seconds"]
    assert seconds[:3] == [None] * 3
    assert len(seconds) == 27
    assert all(0 <= value <= 1 for value in seconds[3:])
    assert score.details["high"] == sum(value >= 0.5 for value in seconds[3:])
    assert score.details["low"] + score.details["high"] == 24
    assert score.details["covered"] == 1
    assert score.value == pytest.approx(sum(seconds[3:]) / 24, abs=1e-3)


def test_advice_names_both_models_and_counts_on_the_answers_own_time(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    score, advice = listen(answered(sam, northfield))
    assert score is not None
    assert advice is not None
    assert (advice.version, advice.engagement_version) == ("northfield-advice", score.version)
    assert 1 <= len(advice.changes) <= 2
    assert (advice.details["seconds"], advice.details["low"]) == (24, score.details["low"])
    assert advice.details["before"] == pytest.approx(score.value, abs=1e-3)
    assert advice.details["before"] < advice.details["after"]
    for change in advice.changes:
        assert set(change) == {"cue", "direction", "before", "after", "seconds", "moments"}
        assert all(3_000 <= start < end <= 27_000 for start, end in change["moments"])
    low = [1000 * i for i, value in enumerate(score.details["seconds"]) if value is not None and value < 0.5]
    starts = {start for change in advice.changes for start, _ in change["moments"]}
    assert starts <= set(low)


def test_without_a_model_that_explains_this_one_there_is_no_advice(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion, register: Any
) -> None:
    register(northfield, "northfield-1")
    score, advice = listen(answered(sam, northfield))
    assert score is not None
    assert advice is not None
    assert score.version == "northfield-1"
    assert (advice.missing, advice.changes) == ("no_model", [])


def test_made_again_the_earlier_rows_stay_and_no_longer_count(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    answer = answered(sam, northfield)
    first, _ = listen(answer)
    again, _ = listen(answer)
    assert first is not None
    assert again is not None
    assert again.pk != first.pk
    first.refresh_from_db()
    assert not first.current
    assert Advice.objects.filter(answer=answer).count() == 2
    assert Advice.objects.filter(answer=answer, current=True).count() == 1


# --- abstention -----------------------------------------------------------------------------------------


def test_by_voice_alone_the_model_abstains(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    answer = answered(sam, northfield)
    track = track_of(answer.result)
    assert track is not None
    seen = {code: column for code, column in track.columns.items() if code == Cue.TN_HD}
    made = actions.prepare(answer, type(track)(track.times_ms, seen))
    assert made is not None
    assert (made.score.value, made.score.missing) == (None, "too_little")
    assert made.score.details["covered"] == 0
    assert made.advice is not None
    assert (made.advice.missing, made.advice.changes) == ("too_little", [])


def test_without_a_track_it_says_so(sam: User, northfield: Institution, answered: Answered) -> None:
    made = actions.prepare(answered(sam, northfield), None)
    assert made is not None
    assert (made.score.value, made.score.missing) == (None, "no_features")


# --- the profile ----------------------------------------------------------------------------------------


def test_what_was_left_out_counts_as_absent_and_is_not_advised(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    answer = answered(sam, northfield)
    before, free = listen(answer)
    assert free is not None
    advised = {change["cue"] for change in free.changes}
    set_profile(**person(sam, northfield), off=sorted(advised), targets={})
    after, advice = listen(answer)
    assert before is not None
    assert after is not None
    assert advice is not None
    assert after.details["seconds"] != before.details["seconds"]
    assert set(after.details["off"]) == advised
    assert not advised & {change["cue"] for change in advice.changes}


def test_a_profile_that_changed_meanwhile_is_heeded_afterwards(
    sam: User, northfield: Institution, answered: Answered
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    answer = answered(sam, northfield)
    made = actions.prepare(answer, track_of(answer.result))
    set_profile(**person(sam, northfield), off=["GZ_DR"], targets={})
    with transaction.atomic():
        actions.keep(answer, made)
    assert ProcrastinateJob.objects.filter(task_name="sessions.listener.tasks.renew_listening").count() == 1
    standing = engagement_of(answer, profile_of(**person(sam, northfield)))
    assert standing is not None
    assert (standing.row, standing.being_made) == (None, True)


# --- the policy -----------------------------------------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("engagement", "generator"):
        monkeypatch.setattr(files, name, lambda _: pytest.fail("a network was loaded"))


def allow(institution: Institution, *kinds: ModelKind) -> None:
    institution.models_allowed = [kind.value for kind in kinds]
    institution.save()


@pytest.mark.usefixtures("no_network")
def test_where_the_policy_is_off_nothing_is_loaded_and_nothing_stored(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    allow(northfield, ModelKind.PERFORMANCE, ModelKind.ADVICE)
    assert listen(answered(sam, northfield)) == (None, None)
    assert not AnswerScore.objects.exists()
    assert not Advice.objects.exists()


def test_without_advice_in_the_policy_there_is_the_rating_alone(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    allow(northfield, ModelKind.ENGAGEMENT)
    score, advice = listen(answered(sam, northfield))
    assert score is not None
    assert advice is None


def test_switched_off_on_the_way_nothing_is_stored(
    sam: User, northfield: Institution, answered: Answered
) -> None:
    answer = answered(sam, northfield)
    made = actions.prepare(answer, track_of(answer.result))
    allow(northfield)
    with transaction.atomic():
        actions.keep(answer, made)
    assert not AnswerScore.objects.exists()


def test_what_was_stored_is_not_shown_while_the_policy_is_off(
    sam: User, northfield: Institution, answered: Answered, advising: ModelVersion
) -> None:
    answer = answered(sam, northfield)
    listen(answer)
    profile = profile_of(**person(sam, northfield))
    for kinds, rated, advised in (
        ((ModelKind.ENGAGEMENT, ModelKind.ADVICE), True, True),
        ((ModelKind.ENGAGEMENT,), True, False),
        ((ModelKind.ADVICE,), False, False),
        ((), False, False),
    ):
        allow(northfield, *kinds)
        seen = Answer.objects.select_related("session__institution").get(pk=answer.pk)
        assert (engagement_of(seen, profile) is not None) is rated
        assert (advice_of(seen, profile) is not None) is advised
        found = advice_by_answer(seen.session.institution, [seen.pk], profile)
        assert bool(found) is advised


@pytest.mark.usefixtures("no_network")
def test_a_drill_is_not_rated(sam: User, northfield: Institution, answered: Answered) -> None:
    assert actions.prepare(answered(sam, northfield, is_drill=True), None) is None


def test_a_model_that_fails_takes_nothing_with_it(
    sam: User, northfield: Institution, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: ModelVersion) -> None:
        raise RuntimeError("no such layer")

    monkeypatch.setattr(files, "engagement", fail)
    assert listen(answered(sam, northfield)) == (None, None)
