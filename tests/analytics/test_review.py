"""The pages of ratings: a teacher's queue and desk, the own rating, the rubric, and what the student reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import withdraw_consent
from accounts.models import Consent, Institution, Membership, ModelKind, Purpose, Role, User
from accounts.purposes import current
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import (
    Answer,
    AnswerScore,
    AnswerState,
    AnswerTranscript,
    PracticeSession,
    Rating,
    RatingComment,
    Rubric,
    Scenario,
    ScoreKind,
    SelfRating,
)
from sessions.ratings.actions import Said, comment, rate, rate_self

Practise = Callable[..., PracticeSession]
SignIn = Callable[[User | None], Client]


def text_of(response: Any) -> str:
    """What a person reads."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def rated(
    sam: User, northfield: Institution, practise: Practise, agree: Callable[..., None]
) -> PracticeSession:
    """A session of Sam's three answers, all with words, which he lets his teachers rate."""
    agree(sam, northfield, Purpose.REVIEW)
    session = practise(sam)
    for answer in session.answers.all():
        give_words(answer)
    return session


def give_words(answer: Answer) -> None:
    words = [["Um,", 900, 1200, 0.9], ["I", 1300, 1400, 0.9], ["helped", 1500, 1900, 0.3]]
    AnswerTranscript.objects.create(
        answer=answer,
        institution=answer.institution,
        language="en",
        words=words,
        marks=[{"code": "FILLERS", "first": 0, "last": 0}],
        remarks=[
            {"first": 2, "last": 2, "kind": "agreement", "message": "Other verb.", "suggestions": ["help"]}
        ],
        model="test 1",
    )


def first(session: PracticeSession) -> Answer:
    return session.answers.get(position=0)


def desk_url(answer: Answer) -> str:
    return reverse("analytics:review_answer", args=[answer.pk])


def review_url(cohort: Cohort) -> str:
    return reverse("analytics:review", args=[cohort.pk])


def self_url(session: PracticeSession) -> str:
    return reverse("practice:self_rating", args=[session.pk])


def result_url(session: PracticeSession) -> str:
    return reverse("analytics:result", args=[session.pk])


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_can_be_narrowed(
    rated: PracticeSession, sam: User, tia: User, cohort: Cohort, sign_in: SignIn
) -> None:
    one, two, three = rated.answers.order_by("position")
    rate(answer=one, by=tia, said=Said(engagement=3, shortlisted=True))
    client = sign_in(tia)

    def shown(query: str) -> set[str]:
        page = client.get(f"{review_url(cohort)}?{query}").content.decode()
        return {str(answer.pk) for answer in (one, two, three) if desk_url(answer) in page}

    assert shown("") == {str(answer.pk) for answer in (one, two, three)}
    assert shown("show=unrated") == {str(two.pk), str(three.pk)}
    assert shown("show=shortlisted") == {str(one.pk)}
    assert shown(f"student={sam.pk}&show=unrated") == {str(two.pk), str(three.pk)}
    assert shown(f"student={tia.pk}") == set()
    assert shown("student=nobody&show=nonsense") == {str(answer.pk) for answer in (one, two, three)}
    page = text_of(client.get(review_url(cohort)))
    assert "1:00" in page
    assert "too few answers were rated by two teachers" in page


def test_without_consent_the_page_asks_for_nothing_and_names_nobody(
    rated: PracticeSession, sam: User, tia: User, cohort: Cohort, northfield: Institution, sign_in: SignIn
) -> None:
    client = sign_in(tia)
    assert "Sam Okafor" in text_of(client.get(review_url(cohort)))
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.REVIEW)
    page = text_of(client.get(review_url(cohort)))
    assert "Sam Okafor" not in page
    assert "Nobody lets you rate yet" in page


def test_the_queue_costs_the_same_queries_for_few_and_many(
    rated: PracticeSession,
    tia: User,
    cohort: Cohort,
    scenario: Scenario,
    practise: Practise,
    sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:
    client = sign_in(tia)
    client.get(review_url(cohort))
    with django_assert_num_queries(12):
        client.get(review_url(cohort))
    for number in range(12):
        student = someone(cohort, number)
        session = practise(student)
        for answer in session.answers.all():
            give_words(answer)
            rate(answer=answer, by=tia, said=Said(engagement=1 + number % 5))
    with django_assert_num_queries(12):
        page = client.get(review_url(cohort))
    assert page.content.decode().count("/review/answers/") == 25
    assert "1 to 25 of 39" in text_of(page)


def someone(cohort: Cohort, number: int) -> User:
    user = User.objects.create_user(f"s{number}@northfield.example", "x" * 20, name=f"Student {number}")
    fields = {"institution": cohort.institution, "user": user}
    Membership.objects.create(role=Role.STUDENT, **fields)
    Enrolment.objects.create(cohort=cohort, role=CohortRole.STUDENT, **fields)
    Consent.objects.create(purpose=Purpose.REVIEW, version=current(Purpose.REVIEW).version, **fields)
    return user


def test_agreement_is_said_in_words_and_figures(
    tia: User, cohort: Cohort, practise: Practise, northfield: Institution, teo: User, sign_in: SignIn
) -> None:
    levels = [(1, 1), (1, 2), (2, 2), (2, 2), (3, 3), (3, 3), (4, 4), (4, 4), (5, 4), (5, 5)]
    students = [someone(cohort, number) for number in range(4)]
    answers = [answer for student in students for answer in practise(student).answers.all()]
    for answer, (one, other) in zip(answers, levels, strict=False):
        rate(answer=answer, by=tia, said=Said(engagement=one, levels={"structure": 3}))
        rate(answer=answer, by=teo, said=Said(engagement=other, levels={"structure": 3}))
        give_words(answer)
    page = text_of(sign_in(tia).get(review_url(cohort)))
    # As worked out by hand in tests/sessions/ratings/test_agreement.py: kappa is 1 - 2 / 34.
    assert re.search(r"Engagement 10 2 excellent agreement of single raters 0\.9\d 0\.9\d 0\.94", page)
    assert re.search(
        r"Structure 10 2 not known: all these ratings are one and the same level (\N{EN DASH} ?){3}", page
    )


@pytest.fixture
def teo(northfield: Institution, cohort: Cohort) -> User:
    user = User.objects.create_user("teo@northfield.example", "x" * 20, name="Teo Varga")
    Membership.objects.create(institution=northfield, user=user, role=Role.TEACHER)
    Enrolment.objects.create(institution=northfield, cohort=cohort, user=user, role=CohortRole.TEACHER)
    return user


# --- the desk -------------------------------------------------------------------------------------

CHOSEN = {
    "level-engagement": "4",
    "level-structure": "2",
    "opinion": "like",
    "note": "Clear.",
    "shortlisted": "on",
}


def test_a_teacher_rates_comes_back_and_changes_it(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    client, answer = sign_in(tia), first(rated)
    done = client.post(desk_url(answer), CHOSEN | {"act": "save"})
    assert (done.status_code, done["Location"]) == (302, desk_url(answer))
    page = client.get(desk_url(answer)).content.decode()
    assert re.search(r'name="level-engagement" value="4" checked', page)
    assert re.search(r'name="level-structure" value="2" checked', page)
    assert re.search(r'name="level-answered" value="" checked', page)
    assert re.search(r'name="opinion" value="like"[^>]* checked', page)
    assert re.search(r'name="shortlisted"[^>]* checked', page)
    client.post(desk_url(answer), {"act": "save", "level-engagement": "5"})
    found = Rating.objects.get()
    assert (found.engagement, found.criteria, found.opinion, found.shortlisted) == (5, [], "", False)


def test_save_and_next_leads_to_the_next_one_that_is_not_rated(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    one, two, three = rated.answers.order_by("position")
    rate(answer=two, by=tia, said=Said(engagement=1))
    client = sign_in(tia)
    assert client.post(desk_url(one), CHOSEN | {"act": "next"})["Location"] == desk_url(three)
    assert client.post(desk_url(three), CHOSEN | {"act": "next"})["Location"] == desk_url(three)


@pytest.mark.parametrize(
    "wrong", [{"level-engagement": "6"}, {"level-structure": "0"}, {"level-structure": "x"}, {"at": "1:75"}]
)
def test_what_is_refused_comes_back_as_it_was_typed(
    rated: PracticeSession, tia: User, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    typed = (
        CHOSEN
        | {"note": "A long note.", "comment": "Said & done", "at": "0:42", "level-answered": "3"}
        | wrong
    )
    page = sign_in(tia).post(desk_url(first(rated)), typed | {"act": "save"})
    assert page.status_code == 422
    body = page.content.decode()
    assert "A long note." in body
    assert "Said &amp; done" in body
    assert re.search(r'name="level-answered" value="3" checked', body)
    assert not Rating.objects.exists()
    assert not RatingComment.objects.exists()


def test_nothing_chosen_is_refused_with_the_reason(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    page = sign_in(tia).post(desk_url(first(rated)), {"act": "save"})
    assert page.status_code == 422
    assert "Nothing was chosen or written yet." in text_of(page)


def test_a_comment_keeps_the_rating_that_is_being_typed(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    client, answer = sign_in(tia), first(rated)
    typed = CHOSEN | {"act": "comment", "at": "0:42", "comment": "Here you look up."}
    page = client.post(desk_url(answer), typed)
    assert page.status_code == 200
    body = page.content.decode()
    assert re.search(r'name="level-engagement" value="4" checked', body)
    assert 'data-t="42000"' in body
    assert "Here you look up." not in re.findall(r"<textarea.*?</textarea>", body, flags=re.DOTALL)[-1]
    part = client.post(desk_url(answer), typed | {"at": "1:00"}, headers={"HX-Request": "true"})
    assert 'data-t="60000"' in part.content.decode()
    assert "<form" not in part.content.decode()
    assert not Rating.objects.exists()
    assert [one.at_ms for one in RatingComment.objects.all()] == [42_000, 60_000]


def test_a_comment_after_the_end_is_refused_and_kept(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    typed = {"act": "comment", "at": "1:01", "comment": "Too late."}
    part = sign_in(tia).post(desk_url(first(rated)), typed, headers={"HX-Request": "true"})
    assert "after the end of the answer" in text_of(part)
    assert "Too late." in part.content.decode()
    assert not RatingComment.objects.exists()


def test_deleting_a_comment_leaves_another_one_in_its_fields(
    rated: PracticeSession, tia: User, sign_in: SignIn
) -> None:
    answer = first(rated)
    made = comment(answer=answer, by=tia, text="Take this back.", at_ms=1000)
    kept = comment(answer=answer, by=tia, text="Keep this.", at_ms=2000)
    address = reverse("analytics:delete_review_comment", args=[made.pk])
    typed = {"at": "0:07", "comment": "Half a sen"}
    body = sign_in(tia).post(address, typed, headers={"HX-Request": "true"}).content.decode()
    assert "Take this back." not in body
    assert all(text in body for text in ("Keep this.", "Half a sen", "0:07"))
    assert list(RatingComment.objects.all()) == [kept]


def test_others_ratings_are_shown_only_after_the_own(
    rated: PracticeSession, tia: User, teo: User, sign_in: SignIn
) -> None:
    answer, client = first(rated), sign_in(tia)
    rate(answer=answer, by=teo, said=Said(engagement=5, note="A fine example."))
    comment(answer=answer, by=teo, text="Mark this.", at_ms=5000)
    comment(answer=answer, by=tia, text="My own.", at_ms=6000)
    before = text_of(client.get(desk_url(answer)))
    assert "A fine example." not in before
    assert "Mark this." not in before
    assert "Teo Varga" not in before
    assert "My own." in before
    assert "One other person rated this answer." in before
    rate(answer=answer, by=tia, said=Said(engagement=1))
    after = text_of(client.get(desk_url(answer)))
    assert "A fine example." in after
    assert "Mark this." in after


def test_a_teacher_sees_words_and_nothing_that_was_measured(
    rated: PracticeSession,
    tia: User,
    sam: User,
    northfield: Institution,
    agree: Callable[..., None],
    sign_in: SignIn,
) -> None:
    """Not even while the student shares summaries: the desk is for what people see and hear."""
    agree(sam, northfield, Purpose.SHARE)
    northfield.models_allowed = [kind.value for kind in ModelKind]
    northfield.save()
    answer = first(rated)
    for kind in ScoreKind:
        AnswerScore.objects.create(
            answer=answer,
            institution=northfield,
            kind=kind,
            version="test",
            value=0.4321,
            details={"seconds": []},
        )
    page = sign_in(tia).get(desk_url(answer))
    body, text = page.content.decode(), text_of(page)
    assert all(word in text for word in ("Um,", "I", "helped"))
    assert "Other verb." not in text
    assert "data-k=" not in body
    for word in (
        "0.43",
        "0,43",
        "43 %",
        "listener",
        "Performance index",
        "advice",
        "baseline",
        "your usual",
        "Fillers",
    ):
        assert word.lower() not in text.lower(), word


def test_the_desk_costs_the_same_queries_with_many_ratings(
    rated: PracticeSession, tia: User, cohort: Cohort, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    answer, client = first(rated), sign_in(tia)
    rate(answer=answer, by=tia, said=Said(engagement=1))
    client.get(desk_url(answer))
    with django_assert_num_queries(14):
        client.get(desk_url(answer))
    for number in range(8):
        teacher = User.objects.create_user(
            f"t{number}@northfield.example", "x" * 20, name=f"Teacher {number}"
        )
        rate(answer=answer, by=teacher, said=Said(engagement=2))
        comment(answer=answer, by=teacher, text="Yes.", at_ms=number)
    with django_assert_num_queries(14):
        client.get(desk_url(answer))


# --- oneself --------------------------------------------------------------------------------------


@pytest.fixture
def asked(sam: User, practise: Practise) -> PracticeSession:
    session = practise(sam)
    session.self_rating = SelfRating.ASKED
    session.save()
    return session


def test_the_result_waits_for_the_own_view(asked: PracticeSession, sam: User, sign_in: SignIn) -> None:
    client, answer = sign_in(sam), first(asked)
    own = reverse("analytics:answer", args=[asked.pk, answer.pk])
    assert client.get(result_url(asked))["Location"] == self_url(asked)
    assert client.get(own)["Location"] == self_url(asked)
    page = client.get(self_url(asked))
    assert page.content.decode().count("data-scale") == 3 * 5
    done = client.post(self_url(asked), {"act": "save", f"{answer.pk}-structure": "4"})
    assert done["Location"] == result_url(asked)
    assert client.get(result_url(asked)).status_code == 200
    opened = text_of(client.get(own))
    assert "What you said yourself" in opened
    assert re.search(r"Structure 4", opened)


def test_the_own_rating_costs_the_same_queries_for_few_and_many_answers(
    sam: User, practise: Practise, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(sam)
    for cues in ([{}], [{}] * 12):
        session = practise(sam, cues=cues)
        session.self_rating = SelfRating.ASKED
        session.save()
        client.get(self_url(session))
        with django_assert_num_queries(8):
            page = client.get(self_url(session))
        assert page.content.decode().count("data-scale") == 5 * len(cues)


def test_it_can_be_skipped_and_is_asked_once(asked: PracticeSession, sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    assert client.post(self_url(asked), {"act": "skip"})["Location"] == result_url(asked)
    assert client.get(self_url(asked))["Location"] == result_url(asked)
    again = client.post(self_url(asked), {"act": "save", f"{first(asked).pk}-structure": "4"})
    assert again["Location"] == result_url(asked)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("posted", [{}, {"{answer}-structure": "9"}, {"{answer}-structure": "high"}])
def test_nothing_and_no_level_are_refused(
    asked: PracticeSession, sam: User, sign_in: SignIn, posted: dict[str, str]
) -> None:
    answer = first(asked)
    fields = {key.format(answer=answer.pk): value for key, value in posted.items()}
    page = sign_in(sam).post(self_url(asked), fields | {"act": "save", f"{answer.pk}-nonsense": "3"})
    assert page.status_code == 422
    asked.refresh_from_db()
    assert asked.self_rating == SelfRating.ASKED


def test_skipped_answers_are_not_asked_about(asked: PracticeSession, sam: User, sign_in: SignIn) -> None:
    Answer.objects.filter(pk=first(asked).pk).update(state=AnswerState.SKIPPED)
    assert sign_in(sam).get(self_url(asked)).content.decode().count("data-scale") == 2 * 5


def test_the_offer_to_be_rated_is_made_once_and_taken_only_when_ticked(
    asked: PracticeSession, sam: User, northfield: Institution, sign_in: SignIn
) -> None:
    client, version = sign_in(sam), current(Purpose.REVIEW).version
    page = client.get(self_url(asked))
    assert str(current(Purpose.REVIEW).what) in text_of(page)
    assert not re.search(r'name="review"[^>]*checked', page.content.decode())
    client.post(self_url(asked), {"act": "skip", "version": version, "review": "on"})
    assert Consent.objects.filter(user=sam, purpose=Purpose.REVIEW, withdrawn_at=None).exists()
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.REVIEW)
    asked.self_rating = SelfRating.ASKED
    asked.save()
    assert 'name="review"' not in client.get(self_url(asked)).content.decode()


def test_without_a_tick_or_with_old_words_nothing_is_agreed_to(
    asked: PracticeSession, sam: User, sign_in: SignIn
) -> None:
    sign_in(sam).post(self_url(asked), {"act": "skip", "version": 0, "review": "on"})
    assert not Consent.objects.filter(purpose=Purpose.REVIEW).exists()


def test_nobody_else_opens_it(asked: PracticeSession, tia: User, sign_in: SignIn) -> None:
    assert sign_in(tia).get(self_url(asked)).status_code == 404
    assert sign_in(tia).post(self_url(asked), {"act": "skip"}).status_code == 404
    asked.refresh_from_db()
    assert asked.self_rating == SelfRating.ASKED


# --- what the student reads -----------------------------------------------------------------------


def test_the_student_reads_all_side_by_side_and_comments_are_moments(
    rated: PracticeSession, sam: User, tia: User, teo: User, sign_in: SignIn
) -> None:
    answer = first(rated)
    rated.self_rating = SelfRating.ASKED
    rated.save()
    rate_self(session=rated, levels={answer.pk: {"structure": 5}})
    rate(
        answer=answer, by=tia, said=Said(engagement=3, levels={"structure": 2}, note="Begin with the result.")
    )
    comment(answer=answer, by=teo, text="Here you look up.", at_ms=42_000)
    client = sign_in(sam)
    opened = client.get(reverse("analytics:answer", args=[rated.pk, answer.pk]))
    text = text_of(opened)
    assert re.search(r"From 1 to 5 Tia Brandt You \(own view\) Engagement 3 \N{EN DASH} Structure 2 5", text)
    assert "Begin with the result." in text
    assert re.search(r'class="mark" data-t="42000"', opened.content.decode())
    assert "A teacher said something" in text_of(client.get(result_url(rated)))
    home = text_of(client.get(reverse("home")))
    assert "Tia Brandt rated or commented on your answers: Shop assistant." in home
    assert "Teo Varga rated or commented" in home


def test_old_news_are_no_news(rated: PracticeSession, sam: User, tia: User, sign_in: SignIn) -> None:
    rate(answer=first(rated), by=tia, said=Said(engagement=3))
    Rating.objects.update(updated_at=timezone.now() - timedelta(days=15))
    assert "rated or commented" not in text_of(sign_in(sam).get(reverse("home")))


# --- the rubric -----------------------------------------------------------------------------------


def rubric_url(scenario: Scenario) -> str:
    return reverse("practice:rubric", args=[scenario.pk])


ROWS = {
    "key": ["structure", "", "no key <b>"],
    "name": ["Order", "Numbers", "Greeting"],
    "low": ["a", "b", "c"],
    "high": ["d", "e", "f"],
}


def names_on(page: Any) -> list[str]:
    return re.findall(r'name="name" value="([^"]*)"', page.content.decode())


def test_the_editor_moves_adds_and_takes_out_without_writing(
    scenario: Scenario, cohort: Cohort, tia: User, sign_in: SignIn
) -> None:
    client, address = sign_in(tia), rubric_url(scenario)
    assert names_on(client.get(address))[0] == "Answered the question"
    assert names_on(client.post(address, ROWS | {"act": "up-1"})) == ["Numbers", "Order", "Greeting"]
    assert names_on(client.post(address, ROWS | {"act": "down-0"})) == ["Numbers", "Order", "Greeting"]
    assert names_on(client.post(address, ROWS | {"act": "remove-2"})) == ["Order", "Numbers"]
    assert names_on(client.post(address, ROWS | {"act": "add"})) == ["Order", "Numbers", "Greeting", ""]
    assert not Rubric.objects.exists()


def test_a_saved_rubric_is_what_is_rated_by(
    scenario: Scenario, rated: PracticeSession, tia: User, northfield: Institution, sign_in: SignIn
) -> None:
    client = sign_in(tia)
    assert client.post(rubric_url(scenario), ROWS | {"act": "save"}).status_code == 302
    kept = Rubric.objects.get()
    assert (kept.institution, [one["name"] for one in kept.criteria]) == (northfield, ROWS["name"])
    keys = [one["key"] for one in kept.criteria]
    assert keys[0] == "structure"
    assert all(re.fullmatch("c[0-9a-f]{8}", key) for key in keys[1:])
    desk = text_of(client.get(desk_url(first(rated))))
    assert "Greeting" in desk
    assert "A concrete example" not in desk
    client.post(rubric_url(scenario), {"act": "drop"})
    assert "A concrete example" in text_of(client.get(desk_url(first(rated))))


def test_a_rubric_that_is_refused_comes_back_as_it_was_typed(
    scenario: Scenario, cohort: Cohort, tia: User, sign_in: SignIn
) -> None:
    page = sign_in(tia).post(
        rubric_url(scenario), ROWS | {"name": ["Order", "order", "Greeting"], "act": "save"}
    )
    assert page.status_code == 422
    assert names_on(page) == ["Order", "order", "Greeting"]
    assert not Rubric.objects.exists()
