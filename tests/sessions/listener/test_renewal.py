"""Ratings and advice follow the accommodation profile, by a job; until it has come round nothing old is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Institution, Membership, Role, User
from scoring.actions import set_profile
from scoring.cues.catalogue import Cue
from scoring.models import ModelVersion
from scoring.queries import profile_of
from sessions.listener import actions, renewal, tasks
from sessions.listener.errors import Interrupted
from sessions.listener.queries import advice_of, engagement_of
from sessions.models import Advice, Answer, AnswerScore
from sessions.tracks import track_of

Answered = Callable[..., Answer]
JOB = "sessions.listener.tasks.renew_listening"


def person(user: User, institution: Institution) -> dict[str, Any]:
    return {"user_id": user.pk, "institution_id": institution.pk}


@pytest.fixture
def answer(sam: User, northfield: Institution, answered: Answered, advising: ModelVersion) -> Answer:
    return rated(answered(sam, northfield))


def rated(answer: Answer) -> Answer:
    actions.keep(answer, actions.prepare(answer, track_of(answer.result)))
    return answer


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name=JOB).count()


def test_saving_the_profile_asks_for_everything_anew_and_the_job_makes_it(
    sam: User, northfield: Institution, answer: Answer, sign_in: Callable[[User], Client]
) -> None:
    before = AnswerScore.objects.get(answer=answer, kind="engagement")
    sign_in(sam).post(reverse("analytics:accommodation"), {"off": ["GZ_DR", "VAL_F"]})
    job = ProcrastinateJob.objects.get(task_name=JOB)
    assert job.queue_name == "training"
    profile = profile_of(**person(sam, northfield))
    standing, advice = engagement_of(answer, profile), advice_of(answer, profile)
    assert standing is not None
    assert (standing.row, standing.being_made) == (None, True)
    assert advice is not None
    assert advice.row is None

    tasks.renew_listening(Job(), **job.args)
    standing, advice = engagement_of(answer, profile), advice_of(answer, profile)
    assert standing is not None
    assert standing.row is not None
    assert standing.row.details["off"] == ["VAL_F", "GZ_DR"]
    assert standing.row.details["seconds"] != before.details["seconds"]
    assert advice is not None
    assert advice.row is not None
    assert not {"GZ_DR", "VAL_F"} & {change["cue"] for change in advice.row.changes}
    before.refresh_from_db()
    assert not before.current


class Job:
    """Stands for procrastinate's context."""

    def should_abort(self) -> bool:
        return False


def test_an_own_target_makes_the_advice_anew(sam: User, northfield: Institution, answer: Answer) -> None:
    target = {"GZ_DR": {"low": 0.3, "high": 0.4, "wide_low": 0.2, "wide_high": 0.5}}
    set_profile(**person(sam, northfield), off=[], targets=target)
    profile = profile_of(**person(sam, northfield))
    standing, advice = engagement_of(answer, profile), advice_of(answer, profile)
    assert standing is not None
    assert standing.row is not None, "the estimate knows no target, and stays"
    assert advice is not None
    assert advice.being_made
    assert renewal.renew(**person(sam, northfield)) == 1
    row = Advice.objects.get(answer=answer, current=True)
    assert row.details["targets"] == {"GZ_DR": [0.3, 0.4]}
    assert all(0.3 <= one["after"] <= 0.4 for one in row.changes if one["cue"] == "GZ_DR")


def test_what_the_model_does_not_read_changes_nothing(
    sam: User, northfield: Institution, answer: Answer
) -> None:
    set_profile(**person(sam, northfield), off=["WPM", "LATENCY"], targets={})
    standing = engagement_of(answer, profile_of(**person(sam, northfield)))
    assert standing is not None
    assert standing.row is not None
    assert renewal.renew(**person(sam, northfield)) == 0


def test_done_twice_the_second_time_finds_nothing(sam: User, northfield: Institution, answer: Answer) -> None:
    set_profile(**person(sam, northfield), off=["GZ_DR"], targets={})
    assert renewal.renew(**person(sam, northfield)) == 1
    assert renewal.renew(**person(sam, northfield)) == 0
    assert AnswerScore.objects.filter(answer=answer, kind="engagement").count() == 2


def test_interrupted_the_rest_is_left_to_the_next_worker(
    sam: User, northfield: Institution, answer: Answer, answered: Answered
) -> None:
    rated(answered(sam, northfield, seed=2))
    set_profile(**person(sam, northfield), off=["GZ_DR"], targets={})
    asked = iter([False, True])
    with pytest.raises(Interrupted):
        renewal.renew(**person(sam, northfield), should_abort=lambda: next(asked))
    assert renewal.renew(**person(sam, northfield)) == 1


def test_a_lost_track_gives_a_reason_and_not_the_old_estimate(
    sam: User, northfield: Institution, answer: Answer
) -> None:
    answer.result.track.delete(save=True)
    set_profile(**person(sam, northfield), off=["GZ_DR"], targets={})
    renewal.renew(**person(sam, northfield))
    row = AnswerScore.objects.get(answer=answer, kind="engagement", current=True)
    assert (row.value, row.missing) == (None, "no_features")


def test_nobody_elses_answers_are_touched(
    sam: User, tia: User, northfield: Institution, southport: Institution, answer: Answer
) -> None:
    set_profile(**person(tia, northfield), off=["GZ_DR"], targets={})
    assert renewal.renew(**person(tia, northfield)) == 0
    Membership.objects.create(institution=southport, user=sam, role=Role.STUDENT)
    set_profile(**person(sam, southport), off=["GZ_DR"], targets={})
    assert renewal.renew(**person(sam, southport)) == 0


def test_nothing_is_asked_where_nothing_was_rated_or_the_policy_is_off(
    sam: User, tia: User, northfield: Institution, answer: Answer
) -> None:
    renewal.ask_renewal(**person(tia, northfield))
    northfield.models_allowed = []
    northfield.save()
    renewal.ask_renewal(**person(sam, northfield))
    assert jobs() == 0


def test_every_cue_that_the_model_reads_is_noticed(
    sam: User, northfield: Institution, answer: Answer
) -> None:
    for code in (Cue.VAL_F, Cue.TN_HD, Cue.EN_HA):
        set_profile(**person(sam, northfield), off=[code.value], targets={})
        standing = engagement_of(answer, profile_of(**person(sam, northfield)))
        assert standing is not None
        assert standing.being_made, code
