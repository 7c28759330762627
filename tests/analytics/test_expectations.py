"""What a question expects can be changed in the institution's own scenarios, and counts for answers from then on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, Institution, User
from analytics.expectations import LineFormSet, initial, offered, preview
from scoring.cues.catalogue import Cue
from scoring.performance.expectation import DEFAULTS, LENGTH_WEIGHT, Direction
from sessions.content.actions import copy_scenario, expect_of_question
from sessions.content.expected import Source, expected_of, named, source_of
from sessions.content.read import SHIPPED, parse
from sessions.content.schema import Direction as Named
from sessions.content.schema import ExpectedCue
from sessions.content.write import as_file
from sessions.models import PracticeSession, Question, Scenario
from sessions.queries import scenarios_for
from sessions.scores import basis_of
from tests.analytics.test_pages import text_of

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]


@pytest.fixture
def own(scenario: Scenario, northfield: Institution, ada: User) -> Scenario:
    scenario.questions.update(point="A point.", key_points=["One"])
    return copy_scenario(scenario=scenario, institution=northfield, by=ada)


@pytest.fixture
def question(own: Scenario) -> Question:
    """The opening one."""
    return own.questions.get(position=0)


def of_question(question: Question) -> str:
    return reverse("analytics:question_expectations", args=[question.scenario_id, question.pk])


def of_type(scenario: Scenario, kind: str) -> str:
    return reverse("analytics:type_expectations", args=[scenario.pk, kind])


def lines(*rows: Mapping[str, Any], before: int = 0) -> dict[str, Any]:
    """The form as a browser posts it."""
    posted = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": before}
    for number, row in enumerate(rows):
        posted |= {f"form-{number}-{name}": value for name, value in row.items()}
    return posted


GAZE = {"cue": "GZ_DR", "direction": "band", "weight": "0.4", "low": "40", "high": "60"}
PACE = {"cue": "WPM", "direction": "up", "weight": "0,8"}


# --- the form -------------------------------------------------------------------------------------


def test_tia_changes_a_question_and_reads_what_sam_will(
    tia: User, question: Question, sign_in: SignIn
) -> None:
    client = sign_in(tia)
    before = text_of(client.get(of_question(question)))
    assert "The default for questions of the kind Opening" in before
    assert "Back to the default" not in before
    said = text_of(client.post(of_question(question), lines(GAZE, PACE, {}), follow=True))
    question.refresh_from_db()
    assert question.expected_cues == [
        {"cue": "GZ_DR", "direction": "band", "weight": 0.4, "band": {"low": 0.4, "high": 0.6}},
        {"cue": "WPM", "direction": "up", "weight": 0.8},
    ]
    assert "This question has expectations of its own" in said
    assert "Expected: 40 to 60 %. 22 % of the index" in said
    assert "Expected: more than your usual. 44 % of the index" in said
    assert "33 % of the index" in said, "The length of the answer counts as well."
    entry = AuditEntry.objects.get(verb="change_expectations")
    assert (entry.actor, entry.details["cues"]) == (tia, 2)
    said = text_of(client.post(of_question(question), {"act": "default"}, follow=True))
    question.refresh_from_db()
    assert question.expected_cues == []
    assert "The default for questions of the kind Opening" in said


def test_a_line_can_be_taken_out(tia: User, question: Question, sign_in: SignIn) -> None:
    sign_in(tia).post(of_question(question), lines(GAZE | {"DELETE": "on"}, PACE, before=2))
    question.refresh_from_db()
    assert [one["cue"] for one in question.expected_cues] == ["WPM"]


WRONG: list[tuple[list[dict[str, Any]], str]] = [
    ([GAZE | {"low": "60", "high": "40"}], "second number must be larger"),
    ([GAZE | {"high": "140"}], "cannot have that value: 0 to 100 %"),
    ([GAZE | {"low": "much"}], "Please write a number"),
    ([GAZE | {"low": "nan"}], "Please write a number"),
    ([GAZE | {"weight": "0"}], "A weight is a number from 0.05 to 1"),
    ([GAZE | {"weight": "7"}], "A weight is a number from 0.05 to 1"),
    ([GAZE, GAZE], "This is there twice: Looking at the camera"),
    ([{"cue": "F0", "direction": "band", "weight": "0.4"}], "There is no common range of this cue"),
    ([GAZE | {"cue": "ANGER"}], "ANGER"),
    ([{}], "Nothing is left"),
    ([GAZE | {"DELETE": "on"}], "Nothing is left"),
]


@pytest.mark.parametrize(("rows", "said"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    rows: list[dict[str, Any]], said: str, tia: User, question: Question, sign_in: SignIn
) -> None:
    response = sign_in(tia).post(of_question(question), lines(*rows))
    assert response.status_code == 422
    assert "Nothing was saved." in text_of(response)
    assert said in text_of(response)
    question.refresh_from_db()
    assert question.expected_cues == []
    assert not AuditEntry.objects.filter(verb="change_expectations").exists()


def test_more_than_eight_cues_are_too_many(tia: User, question: Question, sign_in: SignIn) -> None:
    rows = [{"cue": cue.value, "direction": "up", "weight": "0.5"} for cue in offered()[:9]]
    assert sign_in(tia).post(of_question(question), lines(*rows)).status_code == 422
    assert sign_in(tia).post(of_question(question), lines(*rows[:8])).status_code == 302


@given(
    st.lists(
        st.tuples(
            st.sampled_from(offered()),
            st.sampled_from(list(Named)),
            st.integers(5, 100).map(lambda n: n / 100),
            st.none() | st.floats(-200, 400).map(lambda v: round(v, 2)),
            st.none() | st.floats(-200, 400).map(lambda v: round(v, 2)),
        ),
        max_size=4,
    )
)
def test_whatever_the_form_accepts_the_scenario_format_accepts(rows: list[tuple[Any, ...]]) -> None:
    """The form and the file have one rule, written twice: in a reader's units, and in the cues' own."""
    names = ("cue", "direction", "weight", "low", "high")
    posted = [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in rows]
    found = LineFormSet(lines(*posted))
    if not found.is_valid():
        return
    content = json.loads((SHIPPED / "shop-assistant.en.json").read_text())
    content["questions"][0]["expected_cues"] = [as_stored(one) for one in found.expected]
    assert list(parse(json.dumps(content)).questions[0].expected_cues) == found.expected


def as_stored(one: ExpectedCue) -> dict[str, Any]:
    fields: dict[str, Any] = {"cue": one.cue, "direction": one.direction, "weight": one.weight}
    ends = {"low": one.band.low, "high": one.band.high} if one.band else {}
    band = {name: value for name, value in ends.items() if value is not None}
    return fields | ({"band": band} if band else {})


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_form_shows_the_defaults_and_saving_them_changes_nothing(kind: str) -> None:
    shown = initial(DEFAULTS[kind])
    found = LineFormSet(lines(*shown, before=len(shown)), initial=shown)
    assert found.is_valid(), found.errors
    kept = [(one.cue, one.direction.value, one.weight) for one in found.expected]
    assert kept == [(one.cue, one.direction.value, one.weight) for one in DEFAULTS[kind]]


# --- which expectations hold ----------------------------------------------------------------------


def test_a_question_is_before_its_type_and_that_before_the_default(
    ada: User, question: Question, own: Scenario, sign_in: SignIn
) -> None:
    def cues() -> list[Cue]:
        fresh = Question.objects.select_related("scenario").get(pk=question.pk)
        return [one.cue for one in expected_of(fresh, fresh.scenario)]

    default = [*(one.cue for one in DEFAULTS["opening"]), Cue.ANSWER_LEN]
    assert cues() == default
    client = sign_in(ada)
    client.post(of_type(own, "opening"), lines(PACE))
    assert cues() == [Cue.WPM, Cue.ANSWER_LEN]
    client.post(of_question(question), lines(GAZE))
    assert cues() == [Cue.GZ_DR, Cue.ANSWER_LEN]
    fresh = Question.objects.select_related("scenario").get(pk=question.pk)
    assert source_of(fresh, fresh.scenario) == Source.OWN
    other = own.questions.get(position=1)
    assert named(other, fresh.scenario) == [], "Another type is not touched."
    client.post(of_question(question), {"act": "default"})
    assert cues() == [Cue.WPM, Cue.ANSWER_LEN]
    client.post(of_type(own, "opening"), {"act": "default"})
    assert cues() == default
    own.refresh_from_db()
    assert own.expected_by_type == {}


def test_the_shares_of_the_preview_are_those_of_the_index(question: Question, own: Scenario) -> None:
    expected = expected_of(question, own)
    total = sum(one.weight for one in expected)
    for one, shown in zip(sorted(expected, key=lambda e: -e.weight), preview(expected, "en"), strict=True):
        assert shown.share.startswith(str(round(100 * one.weight / total)))
    without_length = [one for one in expected if one.cue is not Cue.ANSWER_LEN]
    assert {one.code: one.share for one in preview(without_length, "en")} == {
        one.code: one.share for one in preview(expected, "en") if one.code != "ANSWER_LEN"
    }
    assert LENGTH_WEIGHT in {one.weight for one in expected}


def test_it_counts_for_answers_from_then_on(
    sam: User, tia: User, own: Scenario, question: Question, practise: Practise
) -> None:
    answer = practise(sam).answers.get(position=0)
    answer.question, answer.session.scenario = question, own
    before = basis_of(answer, None).expected
    expect_of_question(question=question, expected=[ExpectedCue(Cue.WPM, Named.UP, 1.0)], by=tia)
    after = basis_of(answer, None).expected
    assert [one.cue for one in after] == [Cue.WPM, Cue.ANSWER_LEN]
    assert after[0].direction is Direction.UP
    assert len(before) > len(after)


# --- making it ours -------------------------------------------------------------------------------


def test_a_shipped_interview_is_copied_and_the_copy_takes_its_place(
    tia: User, scenario: Scenario, northfield: Institution, southport: Institution, sign_in: SignIn
) -> None:
    scenario.questions.update(point="A point.", key_points=["One"])
    client = sign_in(tia)
    page = text_of(client.get(reverse("practice:scenario", args=[scenario.pk])))
    assert "Make it ours" in page
    assert "Change what is expected" not in page
    response = client.post(reverse("practice:copy_scenario", args=[scenario.pk]), follow=True)
    own = Scenario.objects.get(institution=northfield)
    assert response.redirect_chain[-1][0] == reverse("practice:scenario", args=[own.pk])
    assert "Change what is expected" in text_of(response)
    assert json.loads(as_file(own)) == json.loads(as_file(scenario))
    assert [one.pk for one in scenarios_for(northfield)] == [own.pk]
    assert [one.pk for one in scenarios_for(southport)] == [scenario.pk]
    question = own.questions.first()
    assert question is not None
    client.post(of_question(question), lines(PACE))
    client.post(reverse("practice:copy_scenario", args=[scenario.pk]))
    question.refresh_from_db()
    assert question.expected_cues, "Asking for a copy again keeps the one there is."


def test_a_shipped_scenario_itself_cannot_be_changed(tia: User, scenario: Scenario, sign_in: SignIn) -> None:
    client, question = sign_in(tia), scenario.questions.get(position=0)
    for address in (of_question(question), of_type(scenario, "opening")):
        assert client.get(address).status_code == 404
        assert client.post(address, lines(PACE)).status_code == 404
    with pytest.raises(ValueError, match="copy it first"):
        expect_of_question(question=question, expected=[], by=tia)


@pytest.mark.parametrize("kind", ["anger", "Opening"])
def test_there_are_only_the_known_types(tia: User, own: Scenario, kind: str, sign_in: SignIn) -> None:
    assert sign_in(tia).get(of_type(own, kind)).status_code == 404


def test_a_question_of_another_scenario_is_not_found(
    tia: User, own: Scenario, scenario: Scenario, sign_in: SignIn
) -> None:
    other = scenario.questions.get(position=0)
    address = reverse("analytics:question_expectations", args=[own.pk, other.pk])
    assert sign_in(tia).get(address).status_code == 404
