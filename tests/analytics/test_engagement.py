"""The panel of the estimated listener rating, and the cards of models."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, ModelKind, User
from analytics.engagement import engagement_view
from analytics.model_cards import html_of
from scoring.actions import set_profile
from scoring.models import ModelVersion
from scoring.performance.index import NO_PROFILE
from sessions.models import Answer, AnswerScore, Mode, PracticeSession

Practise = Callable[..., PracticeSession]
SignIn = Callable[[User | None], Client]
CHECKOUT = Path(__file__).resolve().parents[2]
NAME = "Estimated listener rating: engagement"
SECONDS = [None] * 5 + [0.7] * 21 + [0.3] * 9 + [None] * 5


@pytest.fixture
def northfield(northfield: Institution) -> Institution:
    northfield.models_allowed = [ModelKind.PERFORMANCE.value, ModelKind.ENGAGEMENT.value]
    northfield.save()
    return northfield


def rated(session: PracticeSession, **fields: Any) -> Answer:
    """The session's first answer with a rating."""
    answer = session.answers.get(position=0)
    answer.question_ended_ms, answer.stream_ms = 5_000, 40_000
    answer.save()
    details = {"seconds": SECONDS, "covered": 0.857, "low": 9, "high": 21, "off": []}
    made: dict[str, Any] = {"version": "engagement-sim-1", "value": 0.58, "details": details}
    AnswerScore.objects.create(
        answer=answer, institution=session.institution, kind="engagement", **(made | fields)
    )
    return answer


def text_of(response: Any) -> str:
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    body = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", body).replace("\N{NO-BREAK SPACE}", " ")


def page_of(answer: Answer) -> str:
    return reverse("analytics:answer", args=[answer.session_id, answer.pk])


# --- the panel ------------------------------------------------------------------------------------------


def test_the_panel_says_in_words_what_is_estimated_and_what_not(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    answer = rated(practise(sam))
    page = sign_in(sam).get(page_of(answer))
    said = text_of(page)
    assert NAME in said
    assert "In 21 of 30 seconds a listener would probably" in said
    assert "about 58 of 100 listeners' ratings are high" in said
    assert "For 5 seconds there is no estimate" in said
    assert "not of what you feel" in said
    assert "Made by engagement-sim-1 , trained on simulated people" in said
    assert reverse("analytics:model_card", args=["engagement-sim-1"]) in page.content.decode()


def test_the_lane_has_a_gap_where_the_model_abstains(
    sam: User, northfield: Institution, practise: Practise
) -> None:
    view = engagement_view(rated(practise(sam)), NO_PROFILE)
    assert view is not None
    chart = view.chart
    assert chart is not None
    assert chart.width == 400
    assert chart.path.count("M") == 1
    assert chart.path.startswith("M55 ")
    assert [(one.x, one.width) for one in chart.unknown] == [(87.5, 12.5)]
    assert chart.table.rows == (
        ("0:05", "0:26", "rather high", "70\N{NO-BREAK SPACE}%"),
        ("0:26", "0:35", "rather low", "30\N{NO-BREAK SPACE}%"),
        ("0:35", "0:40", "no estimate", "\N{EN DASH}"),
    )


@pytest.mark.parametrize("missing", ["too_little", "no_features"])
def test_without_an_estimate_the_reason_is_said(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn, missing: str
) -> None:
    details = {"seconds": [None] * 40, "covered": 0.0, "low": 0, "high": 0, "off": []}
    answer = rated(practise(sam), value=None, missing=missing, details=details)
    page = sign_in(sam).get(page_of(answer))
    assert "There is no estimate for this answer" in text_of(page)
    assert "engagement-lane" not in page.content.decode()


def test_by_voice_alone_it_is_said_why(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam)
    session.mode = Mode.VOICE
    session.save()
    details = {"seconds": [None] * 40, "covered": 0.0, "low": 0, "high": 0, "off": []}
    answer = rated(session, value=None, missing="too_little", details=details)
    assert "by voice alone" in text_of(sign_in(sam).get(page_of(answer)))


def test_an_answer_of_before_says_that_there_was_none(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    answer = practise(sam).answers.get(position=0)
    assert "before there was one" in text_of(sign_in(sam).get(page_of(answer)))


def test_where_the_policy_is_off_there_is_no_panel(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    answer = rated(practise(sam))
    northfield.models_allowed = [ModelKind.PERFORMANCE.value]
    northfield.save()
    page = sign_in(sam).get(page_of(answer))
    assert NAME not in text_of(page)
    assert "engagement-sim-1" not in page.content.decode()


def test_what_was_made_by_another_profile_is_not_shown(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    answer = rated(practise(sam))
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["GZ_DR"], targets={})
    said = text_of(sign_in(sam).get(page_of(answer)))
    assert "is being made anew" in said
    assert "21 of 30" not in said


def test_what_it_does_without_is_named(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    details = {"seconds": SECONDS, "covered": 0.857, "low": 9, "high": 21, "off": ["GZ_DR"]}
    answer = rated(practise(sam), details=details)
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["GZ_DR"], targets={})
    said = text_of(sign_in(sam).get(page_of(answer)))
    assert "It does without what you left out: Looking at the camera." in said


def test_nobody_else_opens_the_answer(
    sam: User, tia: User, ada: User, otto: User, northfield: Institution, practise: Practise, sign_in: SignIn
) -> None:
    answer = rated(practise(sam))
    for somebody in (tia, ada, otto):
        assert sign_in(somebody).get(page_of(answer)).status_code == 404


# --- cards ------------------------------------------------------------------------------------------------


def card_page(name: str) -> str:
    return reverse("analytics:model_card", args=[name])


def test_a_shipped_card_is_there_for_everybody_and_says_first_what_it_was_trained_on(
    sam: User, tia: User, ada: User, otto: User, sign_in: SignIn
) -> None:
    for somebody in (sam, tia, ada, otto):
        said = text_of(sign_in(somebody).get(card_page("engagement-sim-1")))
        assert said.index("Trained on simulated people.") < said.index("Figures on people")
        assert "Known faults" in said


def test_an_institutions_own_card_stays_inside_it(
    sam: User, otto: User, northfield: Institution, sign_in: SignIn
) -> None:
    ModelVersion.objects.create(
        institution=northfield,
        kind="engagement",
        name="northfield-1",
        catalogue_version=1,
        trained_on="312 rated answers of 41 people",
        figures={"auroc": 0.7126, "better": True, "odd<one>": 1},
        card="# Title\n\nText <b>bold</b>.",
    )
    page = sign_in(sam).get(card_page("northfield-1"))
    said = text_of(page)
    assert "Trained on 312 rated answers of 41 people." in said
    assert "0.713" in said
    assert "odd<one>" in said
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.content.decode()
    assert sign_in(otto).get(card_page("northfield-1")).status_code == 404
    assert sign_in(otto).get(card_page("nothing")).status_code == 404


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](https://elsewhere.example/a.png)",
        "<https://elsewhere.example>",
        "[a]: https://elsewhere.example\n\n[a]",
        "|a|\n|:-:|\n|<i onclick=x>|",
    ],
)
def test_a_card_brings_no_markup_of_its_own(hostile: str) -> None:
    found = html_of(hostile)
    assert not re.search(r"<(script|img|a|i)\b", found)
    assert "style=" not in found


def test_a_card_has_headings_below_the_pages_and_tables_that_scroll() -> None:
    found = html_of("# Title\n\n# One\n\n## Two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- x\n- *y*\n")
    assert "Title" not in found
    assert "<h2>One</h2>" in found
    assert "<h2>Two</h2>" in found
    assert '<div class="table-wrap" tabindex="0"' in found
    assert "<li><em>y</em></li>" in re.sub(r"\n\s*", "", found).replace("<p>", "").replace("</p>", "")


# --- torch --------------------------------------------------------------------------------------------------

WITHOUT_TORCH = """
import sys
import django
django.setup()
import greenroom.asgi, greenroom.urls
from django.template.loader import get_template
get_template("analytics/answer.html")
import analytics.engagement, sessions.listener.actions, sessions.listener.tasks, scoring.registry.files
assert "torch" not in sys.modules, "a web process would load torch"
"""


def test_a_web_process_does_without_torch() -> None:
    """Also with everything imported that the pages and the queue need."""
    environment = {
        "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "greenroom.settings",
        "GREENROOM_ENV": "development",
        "SECRET_KEY": "of this test alone",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    words = [sys.executable, "-W", "ignore", "-c", WITHOUT_TORCH]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


NEED_TORCH = (
    "scoring.engagement.network",
    "scoring.engagement.serving",
    "scoring.counterfactuals.explain",
    "scoring.counterfactuals.training",
    "scoring.advice.advise",
)


def test_the_result_page_is_rendered_without_torch(
    sam: User, northfield: Institution, practise: Practise, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None in sys.modules makes an import fail, also of what another test has imported before."""
    answer = rated(practise(sam))
    northfield.models_allowed = [kind.value for kind in ModelKind]
    northfield.save()
    for name in ("torch", *NEED_TORCH):
        monkeypatch.setitem(sys.modules, name, None)
    client = sign_in(sam)
    assert client.get(page_of(answer)).status_code == 200
    assert client.get(reverse("analytics:result", args=[answer.session_id])).status_code == 200
    assert client.get(card_page("engagement-sim-1")).status_code == 200
