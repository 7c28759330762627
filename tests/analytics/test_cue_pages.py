"""What each cue means: complete, translatable, true to the measurement; and a student's own values beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from analytics import cue_names, units
from analytics.explain import page, texts
from analytics.explain.figures import bodies, heads, strips
from analytics.explain.figures.registry import FIGURES
from analytics.explain.quotes import QUOTES, WPM_S, quote, value_of
from scoring.cues.answer import answer_values
from scoring.cues.arms import read_arms, turned_inward
from scoring.cues.body import read_bodies
from scoring.cues.catalogue import BANDS_IN, CATALOGUE, Cue
from scoring.cues.events import HeadGestures
from scoring.cues.frames import POSE_AT, Frames
from scoring.cues.speech import Segment
from scoring.cues.values import Absent, Value
from scoring.cues.words.reading import read
from scoring.cues.words.transcript import LANGUAGES, Transcript, Word
from sessions.models import PracticeSession

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
CUES = list(CATALOGUE)
VOICES_OWN = (Cue.JITTER, Cue.SHIMMER, Cue.HNR, Cue.BREAKS, Cue.F0, Cue.F0_ST)


# --- page and catalogue hold together -------------------------------------------------------------------


def test_every_cue_is_explained_and_nothing_else() -> None:
    assert set(texts.TEXTS) == set(CATALOGUE) == set(cue_names.NAMES)
    assert set(FIGURES) | set(QUOTES) <= set(CATALOGUE)
    assert set(QUOTES) == {cue for cue, spec in CATALOGUE.items() if spec.group == "words"}


def test_nothing_of_the_catalogue_is_shown_untranslated() -> None:
    specs = CATALOGUE.values()
    bands = [spec.band for spec in specs if spec.band] + [band for band in BANDS_IN.values() if band]
    assert {spec.minimum_signal for spec in specs} <= set(cue_names.SIGNALS)
    assert {spec.minimum_signal for spec in specs} <= set(texts.REASONS)
    assert {spec.source for spec in specs} <= set(texts.SOURCES)
    assert {band.basis for band in bands} <= set(texts.BASES)
    assert set(cue_names.REASONS) == set(Absent)
    for spec in specs:
        assert units.in_unit(spec.unit, 0.5)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("cue", CUES)
def test_a_page_is_complete(cue: Cue, language: str) -> None:
    with translation.override(language):
        told = page.explanation(cue)
    said = (told.short, told.how, told.example, told.not_meant, told.practise, told.unit, told.window)
    for text in (*said, told.band, told.signal, told.source, *told.reasons):
        assert text.strip()
        assert "%(" not in text
        assert "!" not in text
    assert told.reasons
    assert told.is_event or told.range
    assert told.figure is None or 'role="img"' in told.figure
    if told.is_event or CATALOGUE[cue].band is None:
        assert not told.has_band


@pytest.mark.parametrize("cue", VOICES_OWN)
def test_properties_of_a_voice_are_not_to_be_improved(cue: Cue) -> None:
    assert "nothing to improve" in page.explanation(cue).practise


def test_a_band_of_another_language_and_its_want_are_told() -> None:
    assert "In German" not in page.explanation(Cue.GZ_DR).band
    pace = page.explanation(Cue.WPM).band
    assert "140 to 160\N{NO-BREAK SPACE}words per minute; still ordinary: 120 to 175" in pace
    assert "For answers in German there is no band" in pace
    assert "For answers in French: 140 to 160" in pace


# --- examples are what the measurement says --------------------------------------------------------------


@pytest.mark.parametrize(("cue", "language"), [(cue, code) for cue, by in QUOTES.items() for code in by])
def test_quotes_are_read_as_they_are_explained(cue: Cue, language: str) -> None:
    shown = quote(cue, language)
    assert shown is not None
    written, length_ms = shown.text.split(), 1000 * WPM_S
    times = np.linspace(0, length_ms, len(written) + 1).round().astype(int)
    words = [Word(w, int(a), int(b), 0.9) for w, a, b in zip(written, times, times[1:], strict=False)]
    verbal = read(Transcript(language, tuple(words), "made"), question_ended_ms=None, segments=())
    assert verbal.values[cue].value == pytest.approx(value_of(cue, shown.parts), abs=1e-6)
    marks = verbal.remarks if cue is Cue.GRAMMAR else verbal.marks
    found = [written[m.first : m.last + 1] for m in marks if getattr(m, "code", cue) is cue]
    if cue is not Cue.I_WE:
        assert [" ".join(one).rstrip(",") for one in found] == [
            part.text for part in shown.parts if part.kind
        ]


def test_every_language_has_its_own_quotes() -> None:
    for cue, by_language in QUOTES.items():
        assert set(by_language) == ({"en"} if cue is Cue.GRAMMAR else set(LANGUAGES))
    assert quote(Cue.FILLERS, "es") == quote(Cue.FILLERS, "en")
    assert quote(Cue.GZ_DR, "en") is None


@pytest.mark.parametrize("speech", [strips.SPEECH, strips.EARLY])
def test_a_strip_of_sound_shows_what_is_measured(speech: tuple[strips.Stretch, ...]) -> None:
    segments = [Segment(1000 * start, 1000 * end) for start, end in speech]
    heard = SimpleNamespace(segments=segments, heard_from_ms=0.0, is_noisy=False)
    values = answer_values(SimpleNamespace(speech=heard, question_ended_ms=1000 * strips.ASKED_S))  # type: ignore[arg-type]
    shown = strips.values(speech)

    def said(cue: Cue) -> str:
        return units.limit(CATALOGUE[cue].unit, round(values[cue].value or 0.0, 1))

    assert (shown["latency"], shown["early"]) == (said(Cue.LATENCY), said(Cue.EARLY))
    assert (shown["length"], shown["mean_segment"]) == (said(Cue.ANSWER_LEN), said(Cue.SEG_LEN))
    assert shown["pauses"] == f"{values[Cue.PAUSE_N].value:g}"
    if len(speech) > 1:
        assert values[Cue.PAUSE_LONG_N] == Value.of(1)
        assert shown["mean"] == said(Cue.PAUSE_LEN)
        assert shown["share"] == units.quantity(Cue.PAUSE_SHARE, values[Cue.PAUSE_SHARE].value or 0.0)


def posed(of: bodies.Joints, depth: dict[str, float] | None = None) -> Frames:
    """A frame of a body whose shoulders are a fifth of the picture's height apart."""
    numbers = {"shoulder": 11, "elbow": 13, "wrist": 15, "hip": 23}
    frames = Frames.empty(1)
    frames.pose[:] = 0
    for name, (x, y) in of.items():
        side, joint = name.split("_")
        row = POSE_AT[numbers[joint] + (side == "right")]
        frames.pose[0, row] = (0.6 + x / 5, 0.8 - y / 5, (depth or {}).get(name, 0.0) / 5, 1.0)
    return frames


@pytest.mark.parametrize(("side", "column"), [("left", 0), ("right", 1)])
def test_a_stick_figure_shows_what_is_measured(side: Any, column: int) -> None:
    reaching = read_bodies(posed(bodies.joints(bodies.REACHING, side)))
    for figure, measured in ((bodies.sideways(side), reaching.beside), (bodies.above(side), reaching.above)):
        value = float(measured[0, column] / reaching.shoulders[0])
        assert figure.values["value"] == units.in_unit("shoulder widths", value)
    seen = np.ones((1, len(POSE_AT)), dtype=bool)
    bent = read_arms(posed(bodies.joints(bodies.BENT, side)).pose, seen).bend[0, column]
    assert bodies.bent(side).values["value"] == units.in_unit("degrees", float(bent))


def test_a_forearm_seen_from_above_points_where_it_is_said_to() -> None:
    turn = np.radians(bodies.INWARD_DEGREES)
    of = bodies.joints({"left_wrist": (0.72 - 0.6 * float(np.sin(turn)), 0.86)})
    depth = {"left_wrist": -0.6 * float(np.cos(turn))}
    arms = read_arms(posed(of, depth).pose, np.ones((1, len(POSE_AT)), dtype=bool))
    assert turned_inward(arms.heading[0, 0]) == pytest.approx(bodies.INWARD_DEGREES, abs=0.5)


def test_arms_that_are_drawn_as_crossed_are_crossed() -> None:
    assert read_bodies(posed(bodies.joints(bodies.CROSSED))).crossed == [1.0]
    assert read_bodies(posed(bodies.joints({}))).crossed == [0.0]


@pytest.mark.parametrize(("cue", "draw"), [(Cue.NOD, strips.nod_angles), (Cue.SHAKE, strips.shake_angles)])
def test_a_drawn_nod_and_a_drawn_shake_are_found_once(cue: Cue, draw: Callable[[], list[float]]) -> None:
    gestures, found = HeadGestures(), []
    for step, angle in enumerate(draw()):
        yaw, pitch = (0.0, angle) if cue is Cue.NOD else (angle, 0.0)
        found += list(gestures.take(1000 * step * strips.FRAME_S, yaw, pitch))
    assert [event.code for event in found] == [cue]


def test_a_drawn_pitch_has_the_values_that_are_said() -> None:
    pitch = np.array(strips.contour())
    low, high = np.percentile(pitch, [5, 95])
    assert strips.variation().values["value"] == units.in_unit("semitones", float(pitch.std()))
    assert strips.span().values["value"] == units.in_unit("semitones", float(high - low))
    assert heads.pitches().values["value"] == units.limit("degrees", round(float(np.std([-8, 0, 8, 0])), 1))


# --- pages -----------------------------------------------------------------------------------------------


def url(cue: str) -> str:
    return reverse("analytics:cue", args=[cue])


def text_of(response: Any) -> str:
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", body).replace("\N{NO-BREAK SPACE}", " ")


def test_every_page_opens_for_every_role(
    sam: User, tia: User, ada: User, cohort: Any, sign_in: SignIn
) -> None:
    clients = [sign_in(person) for person in (sam, tia, ada)]
    for place, cue in enumerate(CUES):
        response = clients[place % 3].get(url(cue.value))
        assert response.status_code == 200, cue
        assert str(cue_names.NAMES[cue]) in text_of(response)
    assert clients[0].get(url("NO_SUCH")).status_code == 404


def test_the_list_has_all_and_can_be_searched(sam: User, cohort: Any, sign_in: SignIn) -> None:
    client, address = sign_in(sam), reverse("analytics:cues")
    whole = client.get(address)
    assert all(url(cue.value) in whole.content.decode() for cue in CUES)
    assert "58 cues." in text_of(whole)
    found = client.get(address, {"q": "PAUSE question"}).content.decode()
    assert url("LATENCY") in found
    assert url("PAUSE_SHARE") not in found
    pauses = client.get(address, {"q": "pause", "group": "voice"}).content.decode()
    assert url("LATENCY") in pauses
    assert url("WPM") not in pauses
    assert "No cue is called that" in text_of(client.get(address, {"q": "xyzzy"}))
    assert client.get(address, {"q": "x" * 5000, "group": "none"}).status_code == 200


def test_a_student_sees_the_own_usual_and_the_last_value(
    sam: User, tia: User, practise: Practise, sign_in: SignIn
) -> None:
    from scoring.cues.baseline import Baseline
    from scoring.models import Baseline as Stored

    session = practise(
        sam, cues=[{"GZ_DR": {"v": 0.5}}, {"GZ_DR": {"v": 0.7}}, {"GZ_DR": {"absent": "too_dark"}}]
    )
    baseline = Baseline()
    for share in (0.5, 0.6, 0.7):
        baseline = baseline.with_answer({Cue.GZ_DR: Value.of(share)})
    Stored.objects.create(
        institution=session.institution, user=sam, catalogue_version=1, stats=baseline.to_json()
    )
    shown = sign_in(sam).get(url("GZ_DR"))
    answer = session.answers.get(position=1)
    assert reverse("analytics:answer", args=[session.pk, answer.pk]) in shown.content.decode()
    assert "Your usual 60 %" in text_of(shown)
    assert "Last measured 70 %" in text_of(shown)
    assert "60 %" in text_of(sign_in(sam).get(reverse("analytics:cues"), {"q": "looking at"}))
    teachers = text_of(sign_in(tia).get(url("GZ_DR")))
    assert "Your usual 60 %" not in teachers
    assert "Last measured" not in teachers


def test_what_was_never_measured_says_why_and_events_are_counted(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    nods = [{"code": "NOD", "t_ms": t, "strength": 0.5, "phase": "point"} for t in (1000, 9000)]
    practise(sam, events=nods)
    client = sign_in(sam)
    assert "not measured: the picture was too dark" in text_of(client.get(url("SMILE_SHARE")))
    assert "In your last answer 2 times" in text_of(client.get(url("NOD")))


def test_others_and_those_without_answers_see_no_values(
    sam: User, otto: User, practise: Practise, sign_in: SignIn
) -> None:
    before = text_of(sign_in(sam).get(url("GZ_DR")))
    practise(sam)
    assert "Last measured" not in before
    assert "Last measured" not in text_of(sign_in(otto).get(url("GZ_DR")))


def test_queries_do_not_grow_with_the_history(sam: User, practise: Practise, sign_in: SignIn) -> None:
    def counts() -> list[int]:
        found = []
        for address in (url("GZ_DR"), url("SMILE_SHARE"), url("NOD"), reverse("analytics:cues")):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    client = sign_in(sam)
    practise(sam)
    first = counts()
    for _ in range(6):
        practise(sam)
    assert counts() == first
    assert max(first) <= 6
