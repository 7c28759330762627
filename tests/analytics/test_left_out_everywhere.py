"""What a learner leaves out is out everywhere, and back when they take it back: one row for each place.

A row says whether looking at the camera takes part in one place. It must before Sam leaves it out (else the row proves
nothing), must not from then on, and must again afterwards. A new place that follows the profile gets a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, ModelKind, Purpose, User
from analytics.coach.queries import advice_in
from analytics.coach.remembered import remembered
from analytics.explain.own import usual_values
from analytics.results import AnswerResultView, answer_result, session_result
from cohorts.models import Cohort
from scoring.advice import advise as advising
from scoring.cues.analysis import Track
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from scoring.cues.track_file import to_bytes
from scoring.cues.values import Value
from scoring.engagement import serving
from scoring.models import Baseline as StoredBaseline
from scoring.models import ModelVersion
from scoring.performance.index import Profile
from scoring.queries import profile_of
from scoring.registry.queries import in_use
from sessions import scores
from sessions.listener import actions as listener
from sessions.listener.basis import bounds, left_out
from sessions.listener.queries import advice_of, engagement_of
from sessions.live.service import open_practice
from sessions.models import Advice, Answer, AnswerScore, PracticeSession, ScoreKind, State
from sessions.tracks import track_of
from tests.analytics.test_pages import answer_url, result_url, text_of
from tests.sessions.listener import conftest as listening

torch.set_num_threads(1)
register = listening.register
"""`register(institution, name, against=...)` keeps a model and switches it on."""
SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
SECONDS = 24
USUAL = {"v": 0.65}


@dataclass
class Scene:
    """Sam, who has practised in an institution that runs every model, and Tia, with whom he shares."""

    sam: User
    institution: Institution
    session: PracticeSession
    learner: Client
    teacher: Client
    cohort: Cohort
    read: dict[str, Any] = field(default_factory=dict)
    """What the models were given when they were last asked."""

    @property
    def answer(self) -> Answer:
        answers = Answer.objects.select_related("session__scenario", "session__institution", "result")
        return answers.get(session=self.session, position=0)

    @property
    def profile(self) -> Profile:
        return profile_of(user_id=self.sam.pk, institution_id=self.institution.pk)

    @property
    def opened(self) -> AnswerResultView:
        found = session_result(self.session)
        return answer_result(found.lines[0], found.usual, found.profile)

    def page(self, name: str, *args: Any) -> str:
        return self.learner.get(reverse(name, args=args)).content.decode()

    def hear(self) -> dict[str, Any]:
        """Lets the models rate the answer as an analysis would; what they were given."""
        listener.prepare(self.answer, track_of(self.answer.result))
        return self.read


@pytest.fixture
def scene(
    sam: User,
    tia: User,
    cohort: Cohort,
    practise: Practise,
    sign_in: SignIn,
    agree: Callable[..., None],
    register: Callable[..., ModelVersion],
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    institution = cohort.institution
    institution.models_allowed = [kind.value for kind in ModelKind]
    institution.save()
    agree(sam, institution, Purpose.SHARE, Purpose.CAMERA)
    shipped = in_use(institution.pk, ModelKind.ENGAGEMENT)
    assert shipped is not None
    register(institution, "northfield-advice", against=shipped.name)
    cues = {"GZ_DR": USUAL, "LATENCY": {"v": 1.4}, "F0_SD": {"v": 2.5}, "LOUD": {"v": -20.0}}
    earlier, session = practise(sam, cues=[cues] * 3), practise(sam, cues=[cues] * 3)
    made = Scene(sam, institution, session, sign_in(sam), sign_in(tia), cohort)
    _track(made.answer)
    _usual(made)
    for one in (earlier, session):
        _results(one.answers.get(position=0), made.profile)
    _listen_in(made, monkeypatch)
    return made


def _track(answer: Answer) -> None:
    """A track in which every feature has a value all the time."""
    ends = np.arange(500.0, 1000 * SECONDS + 1, 250.0)
    columns = {cue: np.full(len(ends), 0.4, dtype=np.float32) for cue in tuple(Cue)[:18]}
    answer.result.track.save("a.parquet", ContentFile(to_bytes(Track(ends, columns))))


def _usual(scene: Scene) -> None:
    baseline = Baseline()
    for _ in range(3):
        baseline = baseline.with_answer({Cue.GZ_DR: Value.of(0.65), Cue.LATENCY: Value.of(1.4)})
    person = {"user": scene.sam, "institution": scene.institution}
    StoredBaseline.objects.create(**person, catalogue_version=CATALOGUE_VERSION, stats=baseline.to_json())


def _results(answer: Answer, profile: Profile) -> None:
    """An index, a rating and an advice to look at the camera."""
    with transaction.atomic():
        scores.keep(answer, answer.result.cues, baseline=None)
    of_answer: dict[str, Any] = {"answer": answer, "institution": answer.institution}
    AnswerScore.objects.create(
        **of_answer,
        kind=ScoreKind.ENGAGEMENT,
        version="engagement-sim-1",
        value=0.4,
        details={"seconds": [0.4] * SECONDS, "covered": 1.0, "low": 24, "high": 0} | left_out(profile),
    )
    change = {"cue": "GZ_DR", "direction": "up", "before": 0.4, "after": 0.7, "seconds": 20}
    Advice.objects.create(
        **of_answer,
        version="advice-sim-1",
        engagement_version="engagement-sim-1",
        changes=[change | {"moments": [[2000, 9000]]}],
        details={"seconds": 24, "low": 24, "turned": 20, "before": 0.4, "after": 0.7} | bounds(profile),
    )


def _listen_in(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps what the network reads, and what advice may move, in `scene.read`; both are the real ones."""
    estimate, advise = serving.estimate, advising.advise

    def rated(network: Any, columns: Any) -> Any:
        scene.read["columns"] = columns
        return estimate(network, columns)

    def advised(*args: Any, **kwargs: Any) -> Any:
        turner, limits = kwargs["turner"], kwargs["limits"]
        scene.read["free"] = dict(zip(turner.schema.names, limits.free.tolist(), strict=True))
        return advise(*args, **kwargs)

    monkeypatch.setattr(serving, "estimate", rated)
    monkeypatch.setattr(advising, "advise", advised)


# --- the places -----------------------------------------------------------------------------------


def in_the_index(scene: Scene) -> bool:
    score = scores.performance_of(scene.answer)
    assert score is not None
    return "GZ_DR" in {term["cue"] for term in score.details["terms"]}


def in_what_the_network_reads(scene: Scene) -> bool:
    columns = scene.hear()["columns"]
    assert np.isfinite(columns[Cue.HD_TH]).any()
    return bool(np.isfinite(columns[Cue.GZ_DR]).any())


def in_what_advice_may_move(scene: Scene) -> bool:
    free = scene.hear()["free"]
    assert free["HD_TH"]
    return bool(free["GZ_DR"])


def in_the_rating_that_is_shown(scene: Scene) -> bool:
    found = engagement_of(scene.answer, scene.profile)
    assert found is not None
    assert found.being_made is (found.row is None)
    return found.row is not None


def in_the_advice_that_is_shown(scene: Scene) -> bool:
    found = advice_of(scene.answer, scene.profile)
    assert found is not None
    return found.row is not None


def in_the_coachs_advice_of_a_session(scene: Scene) -> bool:
    return bool(advice_in(scene.session, scene.profile).advice)


def in_remembered_advice(scene: Scene) -> bool:
    found = remembered(scene.sam, scene.institution, profile=scene.profile)
    return Cue.GZ_DR in {one.cue for one in found}


def on_the_coachs_page(scene: Scene) -> bool:
    return reverse("analytics:cue", args=["GZ_DR"]) in scene.page("analytics:coach")


def in_the_facts_of_an_answer(scene: Scene) -> bool:
    return "You looked at the camera" in text_of(scene.learner.get(answer_url(scene.session)))


def in_the_numbers_and_their_bands(scene: Scene) -> bool:
    rows = {number.code: number for number in scene.opened.numbers}
    assert "LATENCY" in rows
    return "GZ_DR" in rows and bool(rows["GZ_DR"].common)


def in_the_lanes(scene: Scene) -> bool:
    return "Looking at the camera" in str(scene.opened.chart)


def in_the_charts_of_progress(scene: Scene) -> bool:
    page = scene.page("analytics:progress")
    assert 'id="cue-latency"' in page
    return 'id="cue-gz_dr"' in page


def in_what_is_usual_for_sam(scene: Scene) -> bool:
    return Cue.GZ_DR in usual_values(scene.sam, scene.institution)


def in_drills(scene: Scene) -> bool:
    with transaction.atomic():
        scene.learner.post(reverse("practice:start_drill"), {"answer": scene.answer.pk, "cue": "GZ_DR"})
        started = PracticeSession.objects.filter(is_drill=True).exists()
        transaction.set_rollback(True)
    return started


def in_live_cues(scene: Scene) -> bool:
    with transaction.atomic():
        PracticeSession.objects.filter(pk=scene.session.pk).update(state=State.LOBBY)
        opened = open_practice(scene.sam, scene.session.pk)
        transaction.set_rollback(True)
    return Cue.GZ_DR not in opened.profile.off


def among_what_can_be_disputed(scene: Scene) -> bool:
    return "cue:GZ_DR" in scene.page("analytics:dispute", scene.answer.pk)


def in_a_teachers_charts(scene: Scene) -> bool:
    address = reverse("analytics:student", args=[scene.cohort.pk, scene.sam.pk])
    page = scene.teacher.get(address).content.decode()
    assert 'id="cue-latency"' in page
    return 'id="cue-gz_dr"' in page


def in_a_teachers_summary(scene: Scene) -> bool:
    page = scene.teacher.get(result_url(scene.session)).content.decode()
    assert reverse("analytics:cue", args=["LATENCY"]) in page
    return reverse("analytics:cue", args=["GZ_DR"]) in page


PLACES: tuple[Callable[[Scene], bool], ...] = (
    in_the_index,
    in_what_the_network_reads,
    in_what_advice_may_move,
    in_the_rating_that_is_shown,
    in_the_advice_that_is_shown,
    in_the_coachs_advice_of_a_session,
    in_remembered_advice,
    on_the_coachs_page,
    in_the_facts_of_an_answer,
    in_the_numbers_and_their_bands,
    in_the_lanes,
    in_the_charts_of_progress,
    in_what_is_usual_for_sam,
    in_drills,
    in_live_cues,
    among_what_can_be_disputed,
    in_a_teachers_charts,
    in_a_teachers_summary,
)


def profiles(scene: Scene) -> Iterator[bool]:
    """Nothing left out, then looking at the camera, then nothing again: whether the cue should take part."""
    yield True
    scene.learner.post(reverse("analytics:accommodation"), {"off": "GZ_DR"})
    yield False
    scene.learner.post(reverse("analytics:accommodation"), {})
    yield True


@pytest.mark.parametrize("takes_part", PLACES, ids=[place.__name__ for place in PLACES])
def test_what_is_left_out_takes_no_part(takes_part: Callable[[Scene], bool], scene: Scene) -> None:
    assert [takes_part(scene) is expected for expected in profiles(scene)] == [True] * 3
