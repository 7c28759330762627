"""Contest: what can be disputed, who reads it, and that the history stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import data
from accounts.models import AuditEntry, Institution, Membership, ModelKind, Purpose, Role, User
from analytics.disputes import DisputeForm
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.disputes import actions, queries
from sessions.models import (
    About,
    Advice,
    Answer,
    AnswerScore,
    Dispute,
    PracticeSession,
    Rating,
    RatingKind,
    ScoreKind,
)
from tests.analytics.test_pages import answer_url, text_of

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
Say = Callable[..., Any]
INDEX, LISTENER = 0.123457, 0.765432
WORDS = "I looked at my notes on the screen."


@pytest.fixture
def answer(sam: User, practise: Practise) -> Answer:
    answer: Answer = practise(sam).answers.get(position=0)
    return answer


@pytest.fixture
def disputed(answer: Answer) -> Dispute:
    return actions.raise_dispute(answer=answer, about=About.CUE, cue="GZ_DR", words=WORDS)


def post(client: Client, answer: Answer, about: str, words: str = WORDS) -> Any:
    return client.post(
        reverse("analytics:dispute", args=[answer.pk]), {"about": about, "words": words}, follow=True
    )


def score(answer: Answer, kind: ScoreKind, value: float) -> AnswerScore:
    return AnswerScore.objects.create(
        answer=answer, institution=answer.institution, kind=kind, version="v-1", value=value
    )


# --- what can be disputed -------------------------------------------------------------------------


def test_each_result_can_be_disputed_once_it_is_there(sam: User, answer: Answer, tia: User, say: Say) -> None:
    northfield = answer.institution
    northfield.models_allowed = [ModelKind.ENGAGEMENT, ModelKind.ADVICE]
    northfield.save()
    answer.session.institution.refresh_from_db()
    whole = [about for about in About if about != About.CUE]
    assert [about for about in whole if queries.is_there(answer, about)] == []
    say(answer.session)
    score(answer, ScoreKind.PERFORMANCE, INDEX)
    score(answer, ScoreKind.ENGAGEMENT, LISTENER)
    Advice.objects.create(answer=answer, institution=northfield, version="a", engagement_version="e")
    Rating.objects.create(answer=answer, institution=northfield, rater=tia, kind=RatingKind.TEACHER)
    assert [about for about in whole if queries.is_there(answer, about)] == whole


@pytest.mark.parametrize("kind", [ModelKind.ENGAGEMENT, ModelKind.ADVICE])
def test_what_a_switched_off_model_made_is_not_there(answer: Answer, kind: ModelKind) -> None:
    """Nor is advice without the rating that it is about."""
    institution = answer.session.institution
    institution.models_allowed = [one for one in (ModelKind.ENGAGEMENT, ModelKind.ADVICE) if one != kind]
    score(answer, ScoreKind.ENGAGEMENT, LISTENER)
    Advice.objects.create(answer=answer, institution=institution, version="a", engagement_version="e")
    assert not queries.is_there(answer, About.ADVICE)
    assert queries.is_there(answer, About.ENGAGEMENT) == (kind == ModelKind.ADVICE)


def test_a_self_rating_is_no_teachers_rating(sam: User, answer: Answer) -> None:
    Rating.objects.create(answer=answer, institution=answer.institution, rater=sam, kind=RatingKind.SELF)
    assert not queries.is_there(answer, About.RATING)


@pytest.mark.parametrize(("about", "cue"), [(About.CUE, "NOTHING"), (About.CUE, ""), (About.TRANSCRIPT, "")])
def test_what_is_not_there_cannot_be_disputed(answer: Answer, about: About, cue: str) -> None:
    with pytest.raises(actions.NotThere):
        actions.raise_dispute(answer=answer, about=about, cue=cue, words=WORDS)
    assert not Dispute.objects.exists()


# --- the learner ----------------------------------------------------------------------------------


def test_sam_disputes_a_cue_and_it_is_marked(
    sam: User, answer: Answer, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(sam)
    form = reverse("analytics:dispute", args=[answer.pk])
    before = client.get(answer_url(answer.session)).content.decode()
    assert f'href="{form}?about=cue:GZ_DR"' in before
    assert "You disputed this" not in before
    opened = client.get(f"{form}?about=cue:GZ_DR").content.decode()
    assert '<option value="cue:GZ_DR" selected>' in opened
    said = text_of(post(client, answer, "cue:GZ_DR"))
    assert "Sent." in said
    assert said.count("You disputed this on") == 1
    row = Dispute.objects.get()
    assert (row.about, row.cue, row.words, row.institution_id) == (
        About.CUE,
        "GZ_DR",
        WORDS,
        answer.institution_id,
    )


@pytest.mark.parametrize("words", ["", "   ", "x" * 1001])
def test_words_are_needed_and_not_too_many(sam: User, answer: Answer, words: str, sign_in: SignIn) -> None:
    response = post(sign_in(sam), answer, "cue:GZ_DR", words)
    assert response.status_code == 422
    assert not Dispute.objects.exists()
    if words.strip():
        assert words in response.content.decode(), "What was typed is kept."


def test_a_line_end_is_one_character() -> None:
    posted = {"about": "transcript", "words": "x\r\n" * 499 + "xy"}
    form = DisputeForm(posted, choices=[("transcript", "What you said")])
    assert form.is_valid(), form.errors
    assert len(form.cleaned_data["words"]) == 1000


def test_the_same_thing_is_disputed_once_until_it_is_answered(
    sam: User, tia: User, disputed: Dispute, sign_in: SignIn
) -> None:
    client = sign_in(sam)
    assert "You have disputed this already" in text_of(post(client, disputed.answer, "cue:GZ_DR"))
    assert Dispute.objects.count() == 1
    actions.reply(dispute=disputed, text="I see.", by=tia)
    post(client, disputed.answer, "cue:GZ_DR", "Still wrong.")
    assert Dispute.objects.count() == 2


def test_there_are_only_so_many_open_at_once(
    sam: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    first = actions.raise_dispute(answer=answer, about=About.CUE, cue="GZ_DR", words=WORDS)
    actions.raise_dispute(answer=answer, about=About.CUE, cue="LATENCY", words=WORDS)
    with pytest.raises(actions.TooManyOpen):
        actions.raise_dispute(answer=answer, about=About.CUE, cue="F0_SD", words=WORDS)
    actions.withdraw(dispute=first)
    with pytest.raises(actions.TooManyOpen):  # raising and taking back floods as well
        actions.raise_dispute(answer=answer, about=About.CUE, cue="F0_SD", words=WORDS)
    Dispute.objects.filter(pk=first.pk).update(made_at=timezone.now() - timedelta(days=2))
    actions.raise_dispute(answer=answer, about=About.CUE, cue="F0_SD", words=WORDS)


def test_taking_back_marks_and_deletes_nothing(
    sam: User, tia: User, disputed: Dispute, sign_in: SignIn
) -> None:
    actions.reply(dispute=disputed, text="Thank you, I looked again.", by=tia)
    client = sign_in(sam)
    for _ in range(2):
        client.post(reverse("analytics:withdraw_dispute", args=[disputed.pk]))
    disputed.refresh_from_db()
    assert disputed.withdrawn_at is not None
    said = text_of(client.get(reverse("analytics:disputes")))
    assert "Taken back" in said
    assert WORDS in said
    assert "Thank you, I looked again." in said
    assert "You disputed this" not in text_of(client.get(answer_url(disputed.answer.session)))


def test_the_chart_of_progress_marks_the_disputed_session(
    sam: User, disputed: Dispute, practise: Practise, sign_in: SignIn
) -> None:
    practise(sam)
    client, address = sign_in(sam), reverse("analytics:progress")
    assert text_of(client.get(address)).count("65 % (disputed)") == 1
    actions.withdraw(dispute=disputed)
    assert "(disputed)" not in text_of(client.get(address))


def test_a_teacher_is_not_told_in_charts_what_is_disputed(
    sam: User, tia: User, cohort: Cohort, disputed: Dispute, agree: Callable[..., None], sign_in: SignIn
) -> None:
    agree(sam, cohort.institution, Purpose.SHARE)
    page = sign_in(tia).get(reverse("analytics:student", args=[cohort.pk, sam.pk]))
    assert "65 %" in text_of(page)
    assert "(disputed)" not in text_of(page)


def test_what_was_left_out_is_not_offered(sam: User, answer: Answer, sign_in: SignIn) -> None:
    client = sign_in(sam)
    client.post(reverse("analytics:accommodation"), {"off": "GZ_DR"})
    page = client.get(reverse("analytics:dispute", args=[answer.pk])).content.decode()
    assert "cue:LATENCY" in page
    assert "cue:GZ_DR" not in page


# --- the teacher ----------------------------------------------------------------------------------


def test_tia_reads_replies_and_sam_is_told(
    sam: User, tia: User, cohort: Cohort, disputed: Dispute, sign_in: SignIn
) -> None:
    teacher, learner = sign_in(tia), sign_in(sam)
    assert "1 dispute needs an answer" in text_of(teacher.get(reverse("analytics:cohort", args=[cohort.pk])))
    address = reverse("analytics:cohort_dispute", args=[cohort.pk, disputed.pk])
    assert WORDS in text_of(teacher.get(address))
    assert "replied to what you disputed" not in text_of(learner.get(reverse("home")))
    said = text_of(teacher.post(address, {"text": "You are right."}, follow=True))
    assert "Answered" in said
    assert "1 dispute needs" not in text_of(teacher.get(reverse("analytics:cohort", args=[cohort.pk])))
    assert "Tia Brandt replied to what you disputed" in text_of(learner.get(reverse("home")))
    assert "You are right." in text_of(learner.get(reverse("analytics:disputes")))
    entry = AuditEntry.objects.get(verb="answer_dispute")
    assert (entry.actor, entry.details) == (tia, {"dispute": str(disputed.pk)})


def test_a_reply_needs_words(tia: User, cohort: Cohort, disputed: Dispute, sign_in: SignIn) -> None:
    address = reverse("analytics:cohort_dispute", args=[cohort.pk, disputed.pk])
    assert sign_in(tia).post(address, {"text": "  "}).status_code == 422
    disputed.refresh_from_db()
    assert disputed.answered_at is None


def test_what_was_taken_back_needs_no_reply(
    tia: User, cohort: Cohort, disputed: Dispute, sign_in: SignIn
) -> None:
    actions.withdraw(dispute=disputed)
    address = reverse("analytics:cohort_dispute", args=[cohort.pk, disputed.pk])
    response = sign_in(tia).post(address, {"text": "Too late."})
    assert response.status_code == 422
    assert "taken this back" in text_of(response)
    assert not disputed.replies.exists()


def test_the_teacher_sees_of_the_answer_only_what_is_shared(
    sam: User, tia: User, cohort: Cohort, disputed: Dispute, agree: Callable[..., None], sign_in: SignIn
) -> None:
    client, address = sign_in(tia), reverse("analytics:cohort_dispute", args=[cohort.pk, disputed.pk])
    hidden = text_of(client.get(address))
    assert disputed.answer.question_text in hidden
    assert "65 %" not in hidden
    agree(sam, cohort.institution, Purpose.SHARE)
    shown = text_of(client.get(address))
    assert "65 %" in shown
    assert "1.4 s" not in shown, "Only the disputed cue."
    sign_in(sam).post(reverse("analytics:accommodation"), {"off": "GZ_DR"})
    assert "65 %" not in text_of(client.get(address)), "What was left out since is not shown."


@pytest.mark.parametrize("about", [About.PERFORMANCE, About.ENGAGEMENT, About.ADVICE])
def test_no_score_is_shown_whatever_is_shared(
    about: About,
    sam: User,
    tia: User,
    cohort: Cohort,
    answer: Answer,
    agree: Callable[..., None],
    sign_in: SignIn,
) -> None:
    score(answer, ScoreKind.PERFORMANCE, INDEX)
    score(answer, ScoreKind.ENGAGEMENT, LISTENER)
    found = Dispute.objects.create(institution=cohort.institution, answer=answer, about=about, words=WORDS)
    agree(sam, cohort.institution, Purpose.SHARE, Purpose.REVIEW)
    client = sign_in(tia)
    for name, args in (("cohort_dispute", [cohort.pk, found.pk]), ("cohort_disputes", [cohort.pk])):
        page = client.get(reverse(f"analytics:{name}", args=args)).content.decode()
        assert str(About(about).label) in page
        assert not [number for number in ("0.12", "0.765", "12 %", "77 %", "v-1") if number in page]


def test_open_ones_stand_first_and_queries_do_not_grow(
    sam: User,
    tia: User,
    cohort: Cohort,
    answer: Answer,
    sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:
    def make(words: str, **fields: Any) -> Dispute:
        more = {"about": About.CUE, "cue": "GZ_DR", "words": words, **fields}
        return Dispute.objects.create(institution=cohort.institution, answer=answer, **more)

    make("waits", made_at=timezone.now() - timedelta(days=9), cue="LATENCY")
    for _ in range(30):
        answered = make("answered")
        actions.reply(dispute=answered, text="Yes.", by=tia)
    client, address = sign_in(tia), reverse("analytics:cohort_disputes", args=[cohort.pk])
    first = text_of(client.get(address))
    assert first.index("Waits for a reply") < first.index("Answered")
    assert "1 to 20 of 31" in first
    with django_assert_num_queries(7):
        client.get(address)
    learner = sign_in(sam)
    learner.get(reverse("analytics:disputes"))
    with django_assert_num_queries(6):
        learner.get(reverse("analytics:disputes"))


# --- who may read it ------------------------------------------------------------------------------


def seen_by_tia(cohort: Cohort) -> bool:
    return queries.disputes_in(cohort).exists()


def test_who_left_the_cohort_is_seen_no_longer(sam: User, cohort: Cohort, disputed: Dispute) -> None:
    assert seen_by_tia(cohort)
    Enrolment.objects.filter(user=sam).update(left_at=timezone.now())
    assert not seen_by_tia(cohort)


def test_who_left_the_institution_is_seen_no_longer(sam: User, cohort: Cohort, disputed: Dispute) -> None:
    Membership.objects.filter(user=sam).update(left_at=timezone.now())
    assert not seen_by_tia(cohort)
    assert not queries.untaught(cohort.institution).exists()


def test_another_cohorts_teacher_sees_nothing(
    tia: User, northfield: Institution, cohort: Cohort, disputed: Dispute, sign_in: SignIn
) -> None:
    other = Cohort.objects.create(institution=northfield, name="Spring")
    Enrolment.objects.create(institution=northfield, cohort=other, user=tia, role=CohortRole.TEACHER)
    client = sign_in(tia)
    assert client.get(reverse("analytics:cohort_dispute", args=[other.pk, disputed.pk])).status_code == 404
    assert client.get(reverse("analytics:cohort_dispute", args=[other.pk, uuid4()])).status_code == 404
    assert WORDS not in text_of(client.get(reverse("analytics:cohort_disputes", args=[other.pk])))


@pytest.mark.parametrize("why", ["she left the cohort", "she left the institution", "she teaches no more"])
def test_without_a_teacher_the_administrator_reads_words_and_kind_only(
    why: str, sam: User, tia: User, ada: User, cohort: Cohort, disputed: Dispute, sign_in: SignIn
) -> None:
    client, address = sign_in(ada), reverse("analytics:institution_dispute", args=[disputed.pk])
    assert client.get(address).status_code == 404
    now = timezone.now()
    if why == "she left the cohort":
        Enrolment.objects.filter(user=tia).update(left_at=now)
    elif why == "she left the institution":
        Membership.objects.filter(user=tia).update(left_at=now)
    else:
        Membership.objects.filter(user=tia).update(role=Role.STUDENT)
    assert "1 dispute needs an answer" in text_of(client.get(reverse("analytics:usage")))
    for page in (address, reverse("analytics:institution_disputes")):
        said = text_of(client.get(page))
        assert WORDS in said
        assert "Looking at the camera" in said
        assert sam.name not in said
        assert disputed.answer.question_text not in said
        assert "65 %" not in said
    client.post(address, {"text": "I passed it on."})
    assert "Ada Moreau replied" in text_of(sign_in(sam).get(reverse("analytics:disputes")))


def test_it_goes_with_its_person_and_is_in_their_export(sam: User, tia: User, disputed: Dispute) -> None:
    actions.reply(dispute=disputed, text="You are right.", by=tia)
    with zipfile.ZipFile(io.BytesIO(b"".join(data.zip_of(sam)))) as archive:
        assert WORDS in archive.read("practice.dispute.json").decode()
        replies = archive.read("practice.disputereply.json").decode()
    assert "You are right." in replies
    assert str(tia.pk) not in replies
    data.erase(sam)
    assert not Dispute.objects.exists()
