"""Rating, commenting, rating oneself, rubrics: what is kept, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, Institution, User
from sessions.models import Answer, Opinion, Rating, RatingComment, RatingKind, Rubric, Scenario, SelfRating
from sessions.ratings import actions
from sessions.ratings.actions import Said
from sessions.ratings.errors import NoLevel, NotAsked, NothingSaid, OutsideAnswer, RubricRefused
from sessions.ratings.forms import edited
from sessions.ratings.queries import heard_of, news_for, next_to_rate, to_review
from sessions.ratings.rubric import DEFAULT, MOST, Criterion, name_shown, rubric_of, shown, stored

Interview = Callable[..., list[Answer]]
OWN = [
    Criterion("structure", "Order of thought", "none", "clear"),
    Criterion("c0000000a", "Numbers", "no number", "the numbers that matter"),
]


@pytest.fixture
def answer(sam: User, interview: Interview) -> Answer:
    return interview(sam, 2)[0]


def levels(rating: Rating) -> dict[str, int]:
    return {one["key"]: one["level"] for one in rating.criteria}


# --- teachers -------------------------------------------------------------------------------------


def test_several_teachers_rate_one_answer_each_once(answer: Answer, tia: User, teo: User) -> None:
    actions.rate(answer=answer, by=tia, said=Said(engagement=2, levels={"structure": 3}))
    actions.rate(answer=answer, by=teo, said=Said(engagement=5, opinion=Opinion.LIKE))
    again = actions.rate(
        answer=answer,
        by=tia,
        said=Said(engagement=4, levels={"answered": 5}, shortlisted=True, note=" Good "),
    )
    assert Rating.objects.count() == 2
    assert (again.engagement, levels(again), again.shortlisted, again.note) == (
        4,
        {"answered": 5},
        True,
        "Good",
    )
    assert again.kind == RatingKind.TEACHER
    assert again.institution_id == answer.institution_id


@pytest.mark.parametrize(
    "said",
    [
        Said(engagement=0),
        Said(engagement=6),
        Said(levels={"structure": 0}),
        Said(levels={"structure": 6}),
        Said(levels={"charm": 3}),
    ],
)
def test_a_level_outside_the_rubric_is_refused(answer: Answer, tia: User, said: Said) -> None:
    with pytest.raises(NoLevel):
        actions.rate(answer=answer, by=tia, said=said)
    assert not Rating.objects.exists()


def test_an_empty_rating_is_refused(answer: Answer, tia: User) -> None:
    with pytest.raises(NothingSaid):
        actions.rate(answer=answer, by=tia, said=Said(note="   "))


def test_a_comment_belongs_to_a_moment_of_the_answer(answer: Answer, tia: User) -> None:
    actions.comment(answer=answer, by=tia, text=" Here you slow down. ", at_ms=60_000)
    actions.comment(answer=answer, by=tia, text="Here you slow down.", at_ms=60_000)  # a form sent twice
    actions.comment(answer=answer, by=tia, text="On the whole: clear.")
    found = [(one.at_ms, one.text) for one in RatingComment.objects.all()]
    assert found == [(60_000, "Here you slow down."), (None, "On the whole: clear.")]
    with pytest.raises(OutsideAnswer):
        actions.comment(answer=answer, by=tia, text="Too late.", at_ms=60_001)
    with pytest.raises(NothingSaid):
        actions.comment(answer=answer, by=tia, text="  ", at_ms=1)


@pytest.mark.usefixtures("lets_rate")
def test_the_queue_knows_who_rated_and_what_comes_next(
    sam: User, tia: User, teo: User, cohort: Any, interview: Interview
) -> None:
    first, second, third = interview(sam, 3)
    actions.rate(answer=first, by=teo, said=Said(engagement=3, shortlisted=True))
    actions.rate(answer=second, by=tia, said=Said(engagement=3, shortlisted=True))
    rows = {row.pk: (row.mine, row.listed, row.raters) for row in to_review(tia, cohort)}  # type: ignore[attr-defined]
    assert rows == {first.pk: (False, False, 1), second.pk: (True, True, 1), third.pk: (False, False, 0)}
    assert next_to_rate(tia, cohort, first) == third
    assert next_to_rate(tia, cohort, third) == first
    assert next_to_rate(teo, cohort, first) == second


def test_the_student_hears_of_it_and_once_per_teacher(
    answer: Answer, sam: User, tia: User, teo: User
) -> None:
    session, institution = answer.session, answer.institution
    assert news_for(sam, institution) == []
    actions.rate(answer=answer, by=tia, said=Said(engagement=3))
    actions.comment(answer=answer, by=tia, text="Well told.")
    actions.comment(answer=answer, by=teo, text="Yes.")
    assert [(one.by, one.session) for one in news_for(sam, institution)] == [
        ("Teo Varga", session),
        ("Tia Brandt", session),
    ]
    assert heard_of(session) == {answer.pk}
    assert news_for(tia, institution) == []
    tia.delete()
    assert {one.by for one in news_for(sam, institution)} == {"Teo Varga", ""}


# --- oneself --------------------------------------------------------------------------------------


def test_one_rates_oneself_once(sam: User, interview: Interview) -> None:
    one, two = interview(sam, 2, self_rating=SelfRating.ASKED)
    made = actions.rate_self(
        session=one.session, levels={one.pk: {"answered": 4, "structure": 2}, two.pk: {}}
    )
    assert [(rating.answer, levels(rating), rating.rater) for rating in made] == [
        (one, {"answered": 4, "structure": 2}, sam)
    ]
    one.session.refresh_from_db()
    assert one.session.self_rating == SelfRating.GIVEN
    with pytest.raises(NotAsked):
        actions.rate_self(session=one.session, levels={one.pk: {"answered": 5}})
    with pytest.raises(NotAsked):
        actions.skip_self_rating(session=one.session)
    assert Rating.objects.get().criteria[0]["level"] == 4


def test_a_session_that_was_not_asked_about_takes_no_self_rating(sam: User, interview: Interview) -> None:
    answer = interview(sam)[0]
    with pytest.raises(NotAsked):
        actions.rate_self(session=answer.session, levels={answer.pk: {"answered": 5}})


def test_one_rates_only_answers_of_that_session(sam: User, interview: Interview) -> None:
    asked, other = interview(sam, self_rating=SelfRating.ASKED)[0], interview(sam)[0]
    with pytest.raises(NoLevel):
        actions.rate_self(session=asked.session, levels={other.pk: {"answered": 5}})
    with pytest.raises(NothingSaid):
        actions.rate_self(session=asked.session, levels={asked.pk: {}})
    asked.session.refresh_from_db()
    assert asked.session.self_rating == SelfRating.ASKED


# --- rubrics --------------------------------------------------------------------------------------


def test_an_institution_has_its_own_rubric_for_a_shipped_scenario(
    scenario: Scenario, northfield: Institution, southport: Institution, tia: User
) -> None:
    assert rubric_of(northfield.pk, scenario.pk) == DEFAULT
    actions.set_rubric(institution=northfield, scenario=scenario, criteria=OWN, by=tia)
    assert list(rubric_of(northfield.pk, scenario.pk)) == OWN
    assert rubric_of(southport.pk, scenario.pk) == DEFAULT
    actions.drop_rubric(institution=northfield, scenario=scenario, by=tia)
    assert rubric_of(northfield.pk, scenario.pk) == DEFAULT
    assert list(AuditEntry.objects.order_by("at").values_list("verb", flat=True)) == [
        "set_rubric",
        "drop_rubric",
    ]


def test_old_ratings_keep_the_names_they_were_given_by(answer: Answer, tia: User, scenario: Scenario) -> None:
    actions.rate(answer=answer, by=tia, said=Said(levels={"answered": 5, "structure": 2}))
    actions.set_rubric(institution=answer.institution, scenario=scenario, criteria=OWN, by=tia)
    kept = Rating.objects.get()
    assert [(one["name"], one["level"]) for one in kept.criteria] == [
        ("Answered the question", 5),
        ("Structure", 2),
    ]
    again = actions.rate(answer=answer, by=tia, said=Said(levels={"structure": 4}))
    # What is no longer in the rubric stays as it was said.
    assert [(one["name"], one["level"]) for one in again.criteria] == [
        ("Order of thought", 4),
        ("Answered the question", 5),
    ]


@pytest.mark.parametrize(
    "criteria",
    [
        [],
        [Criterion("c0000000a", "", "low", "high")],
        [Criterion("c0000000a", "Same", "", ""), Criterion("c0000000b", "same", "", "")],
        [Criterion("c0000000a", "One", "", ""), Criterion("c0000000a", "Two", "", "")],
        [Criterion("c0000000a", "x" * 81, "", "")],
        [Criterion("c0000000a", "One", "x" * 161, "")],
        [Criterion(f"c{n:08x}", str(n), "", "") for n in range(MOST + 1)],
    ],
)
def test_a_rubric_that_cannot_be_used_is_refused(
    criteria: list[Criterion], scenario: Scenario, northfield: Institution, tia: User
) -> None:
    with pytest.raises(RubricRefused):
        actions.set_rubric(institution=northfield, scenario=scenario, criteria=criteria, by=tia)
    assert not Rubric.objects.exists()


def test_shipped_criteria_are_shown_in_the_readers_language_and_stored_in_english(monkeypatch: Any) -> None:
    monkeypatch.setattr("sessions.ratings.rubric.gettext", lambda text: f"de:{text}")
    changed = Criterion("structure", "Order of thought", "none", "clear")
    local = shown([DEFAULT[0], changed])
    assert local[0].name == "de:Answered the question"
    assert local[1] == changed
    assert stored(local) == [DEFAULT[0], changed]
    assert name_shown("answered", "Answered the question") == "de:Answered the question"
    assert name_shown("answered", "Something else") == "Something else"


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.sampled_from(["up", "down", "remove"]),
    st.integers(0, 12),
)
def test_the_editor_moves_one_row_by_one_place_and_loses_none(names: list[str], act: str, at: int) -> None:
    rows = [Criterion(f"c0000000{name}", name, "", "") for name in names]
    after = [row.name for row in edited(rows, f"{act}-{at}")]
    if at >= len(names):
        assert after == names
    elif act == "remove":
        assert after == names[:at] + names[at + 1 :]
    else:
        to = max(0, at - 1) if act == "up" else min(len(names) - 1, at + 1)
        assert sorted(after) == sorted(names)
        assert after[to] == names[at]
