"""The student's own page of what is left out, and that everything else follows it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Institution, Purpose, Role, User
from analytics import performance
from analytics.demo.answers import setting, simulate, track
from analytics.demo.history import generator
from analytics.demo.personas import sam as simulated_sam
from analytics.summaries import Measured
from cohorts.models import Cohort
from scoring.cues.analysis import Track
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.track_file import to_bytes
from scoring.models import AccommodationProfile
from scoring.performance.index import NO_PROFILE
from scoring.queries import profile_of
from sessions import scores
from sessions.models import AnswerResult, AnswerScore, AnswerTranscript, PracticeSession

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
Say = Callable[..., AnswerTranscript]
URL = "/profile/cues/"


def text_of(response: Any) -> str:
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text).replace("\N{NO-BREAK SPACE}", " ")


def left_out(page: Any) -> list[str]:
    return re.findall(r'name="off" value="(\w+)"[^>]* checked>', page.content.decode())


def kept(user: User) -> Any:
    return profile_of(user_id=user.pk, institution_id=user.memberships.get().institution_id)


def test_every_cue_that_is_measured_can_be_left_out(sam: User, sign_in: SignIn) -> None:
    page = sign_in(sam).get(URL)
    boxes = set(re.findall(r'name="off" value="(\w+)"', page.content.decode()))
    assert boxes == {
        cue.value for cue, spec in CATALOGUE.items() if spec.kind == "continuous" and spec.available
    }
    assert not left_out(page)


def test_what_was_left_out_is_kept_and_shown_again(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    data = {"off": ["GZ_DR", "REPEATS"], "low-WPM": "100", "high-WPM": "130", "high-FILLERS": "7,5"}
    assert client.post(URL, data).headers["Location"] == reverse("analytics:accommodation")
    profile = kept(sam)
    assert profile.off == {Cue.GZ_DR, Cue.GAZE_AWAY, Cue.REPEATS}
    assert (profile.targets[Cue.WPM].low, profile.targets[Cue.WPM].high) == (100, 130)
    assert profile.targets[Cue.FILLERS].high == 7.5
    page = client.get(URL)
    assert left_out(page) == ["GZ_DR", "REPEATS"]
    assert 'name="low-WPM" value="100"' in page.content.decode()
    client.post(URL, {})
    assert (kept(sam).off, dict(kept(sam).targets)) == (frozenset(), {})
    assert AccommodationProfile.objects.count() == 1


def test_a_share_is_written_in_per_cent(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    client.post(URL, {"low-GZ_DR": "30", "high-GZ_DR": "50"})
    assert (kept(sam).targets[Cue.GZ_DR].low, kept(sam).targets[Cue.GZ_DR].high) == (0.3, 0.5)
    assert 'name="high-GZ_DR" value="50"' in client.get(URL).content.decode()


def test_what_is_wrong_stands_beside_its_cue_and_nothing_is_kept(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    for data, said in (
        ({"low-WPM": "fast"}, "Please write a number"),
        ({"low-WPM": "nan"}, "Please write a number"),
        ({"low-WPM": "150", "high-WPM": "120"}, "The first number is larger than the second."),
        ({"low-GZ_DR": "50", "high-GZ_DR": "150"}, "This cue cannot have that value: 0 to 100 %."),
        ({"off": "NERVES"}, "Nothing was saved"),
    ):
        page = client.post(URL, {"off": "HD_TH"} | data)
        assert page.status_code == 422
        assert said in text_of(page)
        assert all(
            f'value="{value}"' in page.content.decode() or value == "NERVES" for value in data.values()
        )
    assert not AccommodationProfile.objects.exists()


def test_the_page_asks_for_no_reason(sam: User, sign_in: SignIn) -> None:
    page = sign_in(sam).get(URL)
    assert "not measured against you anywhere" in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert page.content.decode().count('type="text"') == page.content.decode().count('inputmode="decimal"')


def test_only_students_are_led_there(sam: User, tia: User, sign_in: SignIn) -> None:
    profile = reverse("accounts:profile")
    assert URL in sign_in(sam).get(profile).content.decode()
    assert URL not in sign_in(tia).get(profile).content.decode()
    assert tia.memberships.get().role == Role.TEACHER


# --- what follows it ------------------------------------------------------------------------------------


SHOWN = {
    "GZ_DR": {"v": 0.42},
    "WPM": {"v": 176.0},
    "LATENCY": {"v": 1.2},
    "F0_SD": {"v": 3.0},
    "FILLERS": {"v": 3.0},
    "PAUSE_LONG_N": {"v": 1.0},
    "GRAMMAR": {"v": 4.0},
    "ANSWER_LEN": {"v": 62.0},
}


def scored(session: PracticeSession) -> None:
    """The indices of a session's answers, as the analysis would have kept them."""
    question = session.scenario.questions.get(position=0)
    question.expected_cues = [{"cue": "GZ_DR", "direction": "band", "weight": 0.5}, *SPOKEN]
    question.save()
    for answer in session.answers.all():
        with transaction.atomic():
            scores.keep(answer, answer.result.cues, baseline=None)


SPOKEN = [{"cue": cue, "direction": "band", "weight": 0.5} for cue in ("WPM", "LATENCY", "LOUD")]


def answer_url(session: PracticeSession) -> str:
    return reverse("analytics:answer", args=[session.pk, session.answers.get(position=0).pk])


def test_the_index_is_shown_with_its_terms_to_the_learner_alone(
    sam: User, tia: User, northfield: Institution, practise: Practise, sign_in: SignIn, agree: Any
) -> None:
    session = practise(sam, cues=[SHOWN] * 2)
    scored(session)
    page = sign_in(sam).get(answer_url(session))
    said = text_of(page)
    assert "Next to what this question expects" in said
    assert "You looked at the camera 42 % of the time you spoke. Expected: 60 to 80 %." in said
    assert "Expected as well, but not in the sum: Loudness" in said
    assert page.content.count(b'class="performance-bar"') == len(terms(session)) == 4
    assert f'href="{reverse("analytics:cue", args=["WPM"])}"' in page.content.decode()
    agree(sam, northfield, Purpose.SHARE)
    shared = sign_in(tia).get(reverse("analytics:result", args=[session.pk]))
    assert shared.status_code == 200
    assert "expects" not in text_of(shared)
    assert sign_in(tia).get(answer_url(session)).status_code == 404


def terms(session: PracticeSession) -> list[dict[str, Any]]:
    score = AnswerScore.objects.get(answer=session.answers.get(position=0), current=True)
    found: list[dict[str, Any]] = score.details["terms"]
    return found


def test_an_answer_without_an_index_says_why(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    assert "it was analysed before there was one" in text_of(sign_in(sam).get(answer_url(session)))
    scored(practise(sam, cues=[{"GZ_DR": {"absent": "too_dark"}}]))
    session = PracticeSession.objects.order_by("-created_at")[0]
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert "too little of what the question expects could be measured" in said
    assert "Looking at the camera (the picture was too dark)" in said


def test_what_is_left_out_is_nowhere_on_the_answer(
    sam: User, practise: Practise, say: Say, sign_in: SignIn
) -> None:
    session = practise(
        sam,
        cues=[SHOWN] * 3,
        events=[{"code": "GAZE_AWAY", "t_ms": 900, "phase": "point", "strength": 1.0}],
    )
    _with_track(session)
    say(session)
    scored(session)
    client = sign_in(sam)
    before = client.get(answer_url(session))
    for word in ("You looked away", "1 filler", "1 remark on language", 'data-cue="GZ_DR"', "/cues/GZ_DR/"):
        assert word in before.content.decode() or word in text_of(before), word
    client.post(URL, {"off": ["GZ_DR", "FILLERS", "GRAMMAR", "PAUSE_LONG_N"]})
    after = client.get(answer_url(session))
    for word in ("You looked", "fillers", "1 filler", "remark on language", 'data-cue="GZ_DR"', "long pause"):
        assert word not in after.content.decode(), word
    links = re.findall(r"/cues/(\w+)/", after.content.decode())
    assert links.count("GZ_DR") == 1  # where the index says that it is left out
    assert "Looking at the camera (you left it out)" in text_of(after)
    assert "You left out: Looking at the camera, Looking away" in text_of(after)
    assert "GZ_DR" not in {term["cue"] for term in terms(session)}


def _with_track(session: PracticeSession) -> None:
    rng = generator("a test of what is left out")
    persona = simulated_sam(rng)
    found = simulate(persona, setting(persona, rng, progress=0.5, camera=True), rng)
    result = AnswerResult.objects.get(answer=session.answers.get(position=0))
    result.track.save("a.parquet", ContentFile(to_bytes(Track(*track(found, rng)))))


def test_a_target_takes_the_place_of_the_band(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam, cues=[SHOWN] * 3)
    scored(session)
    client = sign_in(sam)
    worse = {term["cue"]: term["score"] for term in terms(session)}
    client.post(URL, {"low-GZ_DR": "30", "high-GZ_DR": "50"})
    said = text_of(client.get(answer_url(session)))
    assert "You looked at the camera 42 % of the time you spoke. Your own target: 30 to 50 %." in said
    assert "30 to 50 % (your own target)" in said
    assert "60 to 80 %" not in said
    better = {term["cue"]: term["score"] for term in terms(session)}
    assert better.pop("GZ_DR") == 1 > worse.pop("GZ_DR")
    assert better == worse


def test_progress_and_the_pages_of_cues_follow(sam: User, practise: Practise, sign_in: SignIn) -> None:
    for n in range(5):
        practise(sam, cues=[SHOWN] * 2, at=timezone.now() - timedelta(days=9 - n))
    client = sign_in(sam)
    pages = [reverse("analytics:progress"), reverse("analytics:cue", args=["GZ_DR"])]
    assert "cue-gz_dr" in client.get(pages[0]).content.decode()
    assert "42 %" in text_of(client.get(pages[1]))
    client.post(URL, {"off": "GZ_DR", "low-F0_SD": "1", "high-F0_SD": "1.5"})
    progress = client.get(pages[0])
    assert "cue-gz_dr" not in progress.content.decode()
    assert "Your own target: 1 to 1.5 semitones." in text_of(progress)
    assert "42 %" not in text_of(client.get(pages[1]))


def test_a_teacher_learns_nothing_of_it(
    sam: User,
    tia: User,
    cohort: Cohort,
    northfield: Institution,
    practise: Practise,
    sign_in: SignIn,
    agree: Any,
) -> None:
    session = practise(sam, cues=[SHOWN] * 3)
    agree(sam, northfield, Purpose.SHARE)
    sign_in(sam).post(URL, {"off": "GZ_DR", "low-F0_SD": "1", "high-F0_SD": "1.5"})
    client = sign_in(tia)
    for address in (
        reverse("analytics:result", args=[session.pk]),
        reverse("analytics:student", args=[cohort.pk, sam.pk]),
    ):
        said = text_of(client.get(address))
        assert "Variation of pitch" in said
        assert "Looking at the camera" not in said
        for word in ("target", "left out", "1.5 semitones", "2 to 4 semitones"):
            assert word not in said, (address, word)


# --- the bars -------------------------------------------------------------------------------------------


def term(**fields: Any) -> dict[str, Any]:
    return {"cue": "WPM", "direction": "band", "value": 170.0, "weight": 0.5, "score": 0.0} | fields


@pytest.mark.parametrize(
    ("own", "band", "sides"),
    [
        (None, 1.0, {"band": (50.0, 98.0)}),
        (None, -1.0, {"band": (2.0, 50.0)}),
        (-0.5, 1.0, {"band": (50.0, 98.0), "own": (26.0, 50.0)}),
        (0.5, 0.5, {"band": (50.0, 74.0), "own": (74.0, 98.0)}),
        (-0.5, -0.5, {"band": (26.0, 50.0), "own": (2.0, 26.0)}),
        (0.0, 0.0, {}),
    ],
)
def test_each_part_has_its_bar_on_its_side(
    own: float | None, band: float, sides: Mapping[str, tuple[float, float]]
) -> None:
    fields = term(band=band) if own is None else term(own=own, band=band)
    bars = performance._bars(fields, performance._reach(fields))
    assert {bar.kind: (bar.x, round(bar.x + bar.width, 2)) for bar in bars} == dict(sides)


@pytest.mark.parametrize(
    ("value", "said"), [(0.204, "+0.20"), (-0.3, "\N{MINUS SIGN}0.30"), (0.001, "0.00"), (-0.001, "0.00")]
)
def test_a_number_of_the_index_has_its_sign(value: float, said: str) -> None:
    assert performance.signed(value) == said


def test_parts_of_both_sides_are_named() -> None:
    both = term(own=-0.4, band=1.0, score=0.6)
    assert performance._parts(both) == ("Against your usual \N{MINUS SIGN}0.20, against the range +0.50.")
    assert performance._parts(term(band=1.0, score=1.0)) == ""
    assert "no more than its weight" in performance._parts(term(own=1.0, band=1.0, score=1.0))


def test_every_reason_has_words(sam: User) -> None:
    for why in performance.MISSING:
        score = AnswerScore(value=None, missing=why.value, details={"terms": [], "left_out": []})
        assert performance.performance_view(score, {}, NO_PROFILE, "en").sentence
    left_out = [{"cue": "LOUD", "why": "no_signal"}, {"cue": "WPM", "why": "calibrating"}]
    score = AnswerScore(value=None, missing="no_signal", details={"terms": [], "left_out": left_out})
    view = performance.performance_view(score, {Cue.LOUD: Measured(None, "noisy")}, NO_PROFILE, "en")
    assert [one.why for one in view.left_out] == [
        "there was too much noise",
        "it needs your usual, which is known after your third answer",
    ]
