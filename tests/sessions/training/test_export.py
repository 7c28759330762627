"""What an institution may learn from, and what leaves with an export."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import withdraw_consent
from accounts.models import Consent, Institution, Membership, Purpose, User
from scoring.actions import set_profile
from scoring.engagement.features import FEATURES
from scoring.interchange import layout
from scoring.interchange.reading import Dataset, read
from scoring.models import AccommodationProfile
from scoring.training.material import highness
from sessions.models import (
    LEVELS,
    Answer,
    AnswerResult,
    AnswerScore,
    Rating,
    RatingKind,
    ResultState,
    ScoreKind,
)
from sessions.training import export, material

pytestmark = pytest.mark.django_db

Rated = Callable[..., None]


def exported(institution: Institution, folder: Path) -> Dataset:
    data = b"".join(export.zip_of(institution))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return read(folder)


def some_student() -> User:
    return User.objects.filter(practice_sessions__isnull=False).order_by("pk").distinct()[0]


def answers_of(user: User) -> int:
    return Answer.objects.filter(session__user=user).count()


def test_an_export_is_read_back_as_it_was(northfield: Institution, rated: Rated, tmp_path: Path) -> None:
    rated(12, raters=2, seed=3)
    found = exported(northfield, tmp_path)
    assert found.about.simulated
    assert (len(found.answers), len(found.ratings)) == (12, 24)
    levels = sorted(rating.engagement for rating in found.ratings)
    assert levels == sorted(Rating.objects.values_list("engagement", flat=True))
    people = {interview.person for interview in found.interviews.values()}
    assert len(people) == AnswerResult.objects.values("answer__session__user").distinct().count()
    moments = found.moments(next(iter(found.answers)))
    assert moments.features.shape == (len(moments.t_s), len(FEATURES))
    assert np.isfinite(moments.features).any()


def test_nobody_is_named_and_every_export_has_names_of_its_own(
    northfield: Institution, rated: Rated, tmp_path: Path
) -> None:
    rated(6)
    one, other = exported(northfield, tmp_path / "one"), exported(northfield, tmp_path / "other")
    assert not set(one.answers) & set(other.answers)
    assert not {r.rater for r in one.ratings} & {r.rater for r in other.ratings}
    known = {str(key) for key in Answer.objects.values_list("pk", flat=True)}
    known |= {str(key) for key in User.objects.values_list("pk", flat=True)}
    known |= set(User.objects.values_list("email", flat=True)) | set(
        User.objects.values_list("name", flat=True)
    )
    text = "\n".join(repr(part) for part in (one.about, one.interviews, one.answers, one.ratings))
    assert not [name for name in known if name in text or name.replace("-", "") in text]


def test_who_does_not_agree_is_not_in_it(northfield: Institution, rated: Rated, tmp_path: Path) -> None:
    rated(15)
    student = some_student()
    withdraw_consent(user=student, institution=northfield, purpose=Purpose.TRAINING)
    assert len(exported(northfield, tmp_path).answers) == 15 - answers_of(student)
    found = material.amount(northfield, None)
    assert (found.rated, found.answers) == (15, 15 - answers_of(student))
    assert found.rated_people == found.people + 1


@pytest.mark.parametrize("what", ["old wording", "left", "drill", "not ready", "no track", "other catalogue"])
def test_what_may_not_be_learned_from(northfield: Institution, rated: Rated, what: str) -> None:
    rated(15)
    student = some_student()
    {
        "old wording": lambda: Consent.objects.filter(user=student).update(version=99),
        "left": lambda: Membership.objects.filter(user=student).update(left_at=timezone.now()),
        "drill": lambda: student.practice_sessions.update(is_drill=True),
        "not ready": lambda: results(student).update(state=ResultState.FAILED),
        "no track": lambda: results(student).update(track=""),
        "other catalogue": lambda: results(student).update(catalogue_version=99),
    }[what]()
    assert len(export.answer_ids(northfield)) == 15 - answers_of(student)


def results(student: User) -> QuerySet[AnswerResult]:
    return AnswerResult.objects.filter(answer__session__user=student)


def test_nothing_of_another_institution(
    northfield: Institution, southport: Institution, rated: Rated
) -> None:
    rated(5)
    assert export.answer_ids(southport) == []
    assert len(export.answer_ids(northfield)) == 5


def test_an_answer_needs_a_teacher_and_a_self_rating_is_marked(
    northfield: Institution, rated: Rated, tmp_path: Path
) -> None:
    rated(10, raters=1)
    first, second = Answer.objects.order_by("pk")[:2]
    Rating.objects.filter(answer=first).update(kind=RatingKind.SELF, rater=first.session.user)
    Rating.objects.create(
        institution=northfield, answer=second, rater=second.session.user, kind=RatingKind.SELF, engagement=2
    )
    found = exported(northfield, tmp_path)
    assert len(found.answers) == 9
    own = [rating for rating in found.ratings if rating.kind == "self"]
    assert [rating.engagement for rating in own] == [2]
    assert own[0].rater == found.person_of(own[0].answer)
    assert material.amount(northfield, None).self_ratings == 1


def test_a_rating_without_a_level_of_engagement_is_none(northfield: Institution, rated: Rated) -> None:
    rated(5, raters=1)
    Rating.objects.filter(answer=Answer.objects.order_by("pk")[0]).update(engagement=None)
    assert len(export.answer_ids(northfield)) == 4


def test_raters_who_deleted_their_account_are_not_one_person(
    northfield: Institution, rated: Rated, tmp_path: Path
) -> None:
    rated(5, raters=2)
    Rating.objects.update(rater=None)
    found = exported(northfield, tmp_path)
    assert len({rating.rater for rating in found.ratings}) == 10


def test_what_was_left_out_is_absent(northfield: Institution, rated: Rated, tmp_path: Path) -> None:
    rated(5, raters=1)
    student = some_student()
    set_profile(user_id=student.pk, institution_id=northfield.pk, off=["GZ_DR"], targets={})
    assert AccommodationProfile.objects.count() == 1
    found = exported(northfield, tmp_path)
    place = FEATURES.index("GZ_DR")
    for answer in found.answers:
        assert not np.isfinite(found.moments(answer).features[:, place]).any()
    assert any(np.isfinite(found.moments(answer).features[:, 0]).any() for answer in found.answers)


def test_a_model_s_rating_is_never_in_it(northfield: Institution, rated: Rated, tmp_path: Path) -> None:
    """What a model said of an answer is there in the database, and nowhere in the files."""
    rated(5, raters=1)
    for answer in Answer.objects.all():
        AnswerScore.objects.create(
            institution=northfield,
            answer=answer,
            kind=ScoreKind.ENGAGEMENT,
            version="listener-model-7",
            value=0.123457,
            details={"seconds": [0.123457] * 30},
        )
    data = b"".join(export.zip_of(northfield))
    found = exported(northfield, tmp_path)
    assert b"listener-model-7" not in data
    for answer in found.answers:
        features = found.moments(answer).features
        assert not np.isclose(features, 0.123457, atol=1e-6).any()
    columns = {"answer", "rater", "engagement", "levels", "kind", "start_s", "end_s"}
    assert set(type(found.ratings[0]).__dataclass_fields__) == columns
    assert json.loads((tmp_path / "dataset.json").read_text()).keys() == {
        "source",
        "simulated",
        "catalogue_version",
        "format",
    }


def test_a_track_that_is_gone_is_left_out(northfield: Institution, rated: Rated, tmp_path: Path) -> None:
    rated(5)
    result = AnswerResult.objects.order_by("pk")[0]
    result.track.storage.delete(str(result.track.name))
    assert len(exported(northfield, tmp_path).answers) == 4


def test_only_the_newest_go_into_it(
    northfield: Institution, rated: Rated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(10)
    monkeypatch.setattr(export, "MOST_ANSWERS", 4)
    newest = Answer.objects.order_by("-asked_at", "pk").values_list("pk", flat=True)[:4]
    assert set(export.answer_ids(northfield)) == set(newest)
    assert len(exported(northfield, tmp_path).answers) == 4


@pytest.mark.parametrize(
    ("levels", "side"),
    [((4, 3), "high"), ((2, 3), "low"), ((3, 3), ""), ((4, 2), ""), ((5, 1), ""), ((4, 2, 3), "")],
)
def test_a_rating_right_in_the_middle_counts_half(
    northfield: Institution, rated: Rated, levels: tuple[int, ...], side: str
) -> None:
    """As in a training, so that a page never lets one begin that is then refused."""
    rated(1, raters=len(levels))
    for rating, level in zip(Rating.objects.order_by("pk"), levels, strict=True):
        Rating.objects.filter(pk=rating.pk).update(engagement=level)
    found = material.amount(northfield, None)
    assert (found.high, found.low) == (int(side == "high"), int(side == "low"))
    shares = [highness(layout.Rating("a", "r", level, LEVELS)) for level in levels]
    assert np.sign(np.mean(shares) - 0.5) == {"high": 1, "low": -1, "": 0}[side]


def test_queries_do_not_grow_with_the_answers(
    northfield: Institution, rated: Rated, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    rated(40)
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        assert b"".join(export.zip_of(northfield))
    with django_assert_max_num_queries(3):  # type: ignore[attr-defined]
        material.amount(northfield, None)


def test_the_folder_is_emptied_while_it_is_sent(
    northfield: Institution, rated: Rated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk holds one answer's features at a time, whatever the number of answers."""
    rated(10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    most = 0
    for _ in export.zip_of(northfield):
        most = max(most, len(list(tmp_path.glob("*/features/*"))))
    assert most <= 1
    assert not list(tmp_path.glob("greenroom-export-*"))
