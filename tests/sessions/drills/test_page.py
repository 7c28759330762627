"""The page of a drill: before and after, in words, with the error; and what it says where nothing changed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Institution, User
from analytics.charts.drill import Mark, chart
from analytics.drills import AS_PRACTISED, LESS, MORE, OTHER_WAY, SAID, SAME, UNKNOWN, compare
from scoring.actions import set_profile
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.metrics.change import Measured
from sessions.actions.deleting import delete_session
from sessions.drills.actions import start_drill
from sessions.models import Advice, Answer, AnswerState, Drill, PracticeSession, ResultState, State

SignIn = Callable[[User | None], Client]
Drilled = Callable[..., Drill]


def said_on(response: Any) -> str:
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
    return html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")


def page_of(drill: Drill) -> str:
    return reverse("analytics:drill", args=[drill.pk])


def a_drill(before: Any, after: Any, **aim: Any) -> Drill:
    return Drill(before={"GZ_DR": before}, after={"GZ_DR": after}, aims={"GZ_DR": aim})


@pytest.fixture
def begun(sam: User, advice: Advice) -> PracticeSession:
    return start_drill(user=sam, answer=advice.answer, advice=advice, cues=["GZ_DR"])


# --- the verdict, in words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "direction", "kind"),
    [
        (0.8, "up", AS_PRACTISED),
        (0.1, "up", OTHER_WAY),
        (0.1, "down", AS_PRACTISED),
        (0.8, "", MORE),
        (0.1, "", LESS),
        (0.5, "up", SAME),
        (0.4, "up", SAME),
    ],
)
def test_a_change_is_named_by_its_direction_and_only_beyond_the_error(
    after: float, direction: str, kind: str
) -> None:
    found = compare(
        Cue.GZ_DR, a_drill({"v": 0.4, "error": 0.05}, {"v": after, "error": 0.05}, direction=direction)
    )
    assert found.kind == kind
    assert found.text.replace("\N{NO-BREAK SPACE}", " ").startswith("40 % before")


def test_without_a_known_error_nothing_is_called_a_change() -> None:
    found = compare(Cue.GZ_DR, a_drill({"v": 0.1}, {"v": 0.9, "error": 0.01}, direction="up"))
    assert found.kind == UNKNOWN
    assert found.limit == ""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"absent": "no_face"}, {"v": 0.5}, "in the answer before"),
        (
            {"v": 0.5},
            {"absent": "too_dark"},
            "in the drill, so there is nothing to compare: the picture was too dark",
        ),
        ({"absent": "no_face"}, {"absent": "too_dark"}, "neither before nor in the drill"),
    ],
)
def test_what_is_absent_on_one_side_says_why(before: Any, after: Any, said: str) -> None:
    found = compare(Cue.GZ_DR, a_drill(before, after))
    assert said in found.text
    assert found.kind == found.short == ""


def test_every_verdict_has_both_values_in_its_words() -> None:
    for text in SAID.values():
        assert "%(before)s" in str(text)
        assert "%(after)s" in str(text)


# --- the chart ----------------------------------------------------------------------------------------

values = st.floats(-1e4, 1e4)
measured = st.builds(Measured, values, st.none() | st.floats(0, 1e3))


@given(st.lists(measured, min_size=1, max_size=6), st.none() | values, st.none() | values)
def test_everything_is_drawn_within_the_picture(found: list[Measured], low: Any, high: Any) -> None:
    if low is not None and high is not None and low > high:
        low, high = high, low
    drawn = chart(Cue.ENERGY, [Mark("", one, "now") for one in found], low, high)
    for dot in drawn.dots:
        assert 0 <= dot.left <= dot.x <= dot.right <= 100
        assert 0 < dot.y < drawn.rows_end
    assert all(0 <= place <= 100 for place, _ in drawn.ticks)
    if drawn.aim:
        assert 0 <= drawn.aim[0] <= drawn.aim[0] + drawn.aim[1] <= 100.01


def test_no_bar_reaches_where_no_value_can_be() -> None:
    assert CATALOGUE[Cue.GZ_DR].high == 1
    drawn = chart(
        Cue.GZ_DR, [Mark("", Measured(0.5, 0.0), "before"), Mark("", Measured(0.95, 0.2), "now")], None, None
    )
    longest = drawn.dots[1]
    assert longest.right - longest.x == pytest.approx(
        (1 - 0.95) / (0.95 - 0.5) * (longest.x - drawn.dots[0].x), rel=0.01
    )


# --- the page -----------------------------------------------------------------------------------------


def test_before_and_after_with_moments_and_the_way_on(
    sam: User, begun: PracticeSession, advice: Advice, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9, "error": 0.03})
    response = sign_in(sam).get(page_of(drill))
    said = said_on(response)
    assert "40 % before, 90 % in the drill: it changed the way you practised it" in said
    assert "Differences of up to" in said
    page = response.content.decode()
    answer_page = reverse("analytics:answer", args=[advice.answer.session_id, advice.answer_id])
    assert f'href="{answer_page}?t=42000"' in page
    assert f'href="{reverse("analytics:result", args=[advice.answer.session_id])}#answer-1"' in page
    assert f'name="advice" value="{advice.pk}"' in page
    assert page.count("<g class=") == 2
    assert "listener" not in said.lower()


def test_it_says_honestly_that_nothing_changed(
    sam: User, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.41, "error": 0.03})
    assert "no change that is larger than what varies anyway" in said_on(sign_in(sam).get(page_of(drill)))


def test_the_result_of_a_drill_is_its_page(
    sam: User, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9})
    client = sign_in(sam)
    for name in ("analytics:result", "practice:room"):
        assert client.get(reverse(name, args=[drill.pk]))["Location"] == page_of(drill)


def test_a_drill_that_is_not_ended_goes_on(sam: User, begun: PracticeSession, sign_in: SignIn) -> None:
    response = sign_in(sam).get(page_of(begun.drill))
    assert response["Location"] == reverse("practice:room", args=[begun.pk])


@pytest.mark.parametrize(
    ("state", "said"),
    [(ResultState.WAITING, "is being analysed"), (ResultState.FAILED, "could not be analysed")],
)
def test_while_there_is_no_result_the_page_says_so(
    state: ResultState, said: str, sam: User, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun)
    drill.session.answers.get().result.__class__.objects.filter(answer__session=drill.session).update(
        state=state
    )
    assert said in said_on(sign_in(sam).get(page_of(drill)))


def test_a_drill_without_an_answer_says_so(
    sam: User, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun)
    Answer.objects.filter(session=drill.session).update(state=AnswerState.SKIPPED)
    assert "without an answer" in said_on(sign_in(sam).get(page_of(drill)))
    Answer.objects.filter(session=drill.session).delete()
    assert "without an answer" in said_on(sign_in(sam).get(page_of(drill)))


def test_the_series_grows_and_its_queries_do_not(
    sam: User, advice: Advice, drilled: Drilled, sign_in: SignIn
) -> None:
    client = sign_in(sam)

    def another(value: float) -> Drill:
        session = start_drill(user=sam, answer=advice.answer, advice=advice, cues=["GZ_DR"])
        return drilled(session, GZ_DR={"v": value, "error": 0.03})

    def queries(drill: Drill) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            response = client.get(page_of(drill))
        assert response.status_code == 200
        return len(caught)

    drills = [another(0.5)]
    queries(drills[0])
    few = queries(drills[0])
    drills += [another(value) for value in (0.6, 0.7, 0.9)]
    assert queries(drills[-1]) == few
    page = client.get(page_of(drills[-1])).content.decode()
    for drill in drills[:-1]:
        assert f'href="{page_of(drill)}"' in page
    assert page.count("<g class=") == 5
    assert "Drill 4" in page


def test_what_was_left_out_since_is_not_shown(
    sam: User, northfield: Institution, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9, "error": 0.03})
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["GZ_DR"], targets={})
    said = said_on(sign_in(sam).get(page_of(drill)))
    assert "90 %" not in said
    assert "You have left out what this drill watched" in said


def test_where_the_models_stopped_running_their_moments_are_gone_and_the_measurement_stays(
    sam: User, northfield: Institution, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9, "error": 0.03})
    northfield.models_allowed = []
    northfield.save()
    response = sign_in(sam).get(page_of(drill))
    assert "90 % in the drill" in said_on(response)
    assert "?t=42000" not in response.content.decode()
    assert 'name="advice"' not in response.content.decode()
    assert 'name="answer"' in response.content.decode(), "it can be practised as a plain cue"


def test_it_stays_readable_when_the_answer_before_is_deleted(
    sam: User, begun: PracticeSession, advice: Advice, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9, "error": 0.03})
    delete_session(session=advice.answer.session)
    said = said_on(sign_in(sam).get(page_of(drill)))
    assert "40 % before, 90 % in the drill" in said
    assert "is deleted; what was measured in it is kept here" in said
    assert "Practise it again" not in said


@pytest.mark.parametrize("name", ["tia", "ada", "otto"])
def test_nobody_else_finds_it(
    name: str, begun: PracticeSession, drilled: Drilled, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9})
    assert sign_in(request.getfixturevalue(name)).get(page_of(drill)).status_code == 404


def test_the_student_deletes_a_drill(
    sam: User, begun: PracticeSession, drilled: Drilled, sign_in: SignIn
) -> None:
    drill = drilled(begun, GZ_DR={"v": 0.9})
    response = sign_in(sam).post(reverse("practice:delete_session", args=[drill.pk]), follow=True)
    assert response.redirect_chain == [(reverse("analytics:coach"), 302)]
    assert "The drill is deleted" in said_on(response)
    assert not Drill.objects.exists()
    assert PracticeSession.objects.filter(is_drill=False, state=State.DONE).exists()


# --- lobby, room and the answer it begins from --------------------------------------------------------


def test_the_lobby_and_the_room_name_what_is_watched(
    sam: User, begun: PracticeSession, sign_in: SignIn
) -> None:
    client = sign_in(sam)
    lobby = client.get(reverse("practice:lobby", args=[begun.pk]))
    assert "A drill: one question" in said_on(lobby)
    assert "Looking at the camera" in said_on(lobby)
    assert lobby.context["page"]["needsCamera"] is True
    room = client.get(reverse("practice:room", args=[begun.pk]))
    (watched,) = room.context["page"]["drill"]
    assert (watched["code"], watched["low"], watched["unit"], watched["scale"]) == ("GZ_DR", 0.6, "%", 100)
    assert 'data-watched="GZ_DR"' in room.content.decode()
    assert 'data-cue="' not in room.content.decode()
    assert room.context["page"]["urls"]["result"] == page_of(begun.drill)


def test_an_answer_offers_a_drill_of_the_parts_of_its_index(
    sam: User, answered: Answer, sign_in: SignIn
) -> None:
    from sessions import scores

    cues = answered.result.cues | {"LATENCY": {"v": 1.0}, "F0_SD": {"v": 2.5}}
    scores.keep(answered, cues, baseline=None)
    page = (
        sign_in(sam)
        .get(reverse("analytics:answer", args=[answered.session_id, answered.pk]))
        .content.decode()
    )
    form = page.split('class="performance-drill"')[1].split("</form>")[0]
    assert f'name="answer" value="{answered.pk}"' in form
    assert '<option value="GZ_DR">' in form
    assert "csrfmiddlewaretoken" in form
