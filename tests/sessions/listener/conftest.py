"""Answers with a track of a simulated person, and models that are quick to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Institution, ModelKind, User
from scoring.advice.schema import interview_schema
from scoring.counterfactuals import files as generators
from scoring.counterfactuals.network import Config as GeneratorConfig
from scoring.counterfactuals.network import Generator
from scoring.counterfactuals.training import Scale, Turner
from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue
from scoring.cues.track_file import to_bytes
from scoring.engagement import network as engagements
from scoring.engagement.features import CODES
from scoring.models import ModelSwitch, ModelVersion
from scoring.registry.queries import in_use
from scoring.simulation.dataset import simulate
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    Mode,
    PracticeSession,
    ResultState,
    Scenario,
    State,
)

torch.set_num_threads(1)
SECONDS = 24
ASKED_MS = 3_000


def track_of(features: np.ndarray) -> Track:
    """A track in which the second 3 + i has the features' row i."""
    n = round(ASKED_MS / 1000) + len(features)
    ends = np.arange(500.0, 1000 * n + 1, 250.0)
    rows = np.clip(np.ceil(ends / 1000).astype(int) - 1 - round(ASKED_MS / 1000), 0, None)
    columns = {code: features[rows, place].astype(np.float32) for place, code in enumerate(CODES)}
    held = columns[Cue.TN_HD] * np.clip(ends - ASKED_MS, 0, 10_000) / np.minimum(ends, 10_000)
    return Track(ends, columns | {Cue.TN_HD: held.astype(np.float32)})


def a_person(seed: int, seconds: int = SECONDS) -> np.ndarray:
    """A simulated person's seconds, nothing absent and nothing far out."""
    found = simulate(seed=seed, people=1, answers=1, seconds=seconds).features
    means = np.array([0.0, 0.4, 8, 0.1, 0.1, 0.4, 0.4, 25, 25, 0.4, 0.4, 90, 90, 0.04, 2, 0.6, 0.7, 0.3])
    return np.where(np.isfinite(found), found, means)


@pytest.fixture
def northfield(northfield: Institution) -> Institution:
    """Its policy runs the listener models."""
    northfield.models_allowed = [kind.value for kind in ModelKind if kind != ModelKind.HIRABILITY]
    northfield.save()
    return northfield


Answered = Callable[..., Answer]


@pytest.fixture
def answered(scenario: Scenario) -> Answered:
    """`answered(sam, northfield)` is an analysed answer of a simulated person with its track stored."""

    def make(user: User, institution: Institution, *, seed: int = 1, **more: Any) -> Answer:
        session = PracticeSession.objects.create(
            institution=institution,
            user=user,
            scenario=scenario,
            mode=Mode.CAMERA,
            state=State.DONE,
            question_ids=[],
            **more,
        )
        question = scenario.questions.first()
        answer = Answer.objects.create(
            institution=institution,
            session=session,
            question=question,
            position=0,
            question_text=question.text,
            state=AnswerState.SAVED,
            question_ended_ms=ASKED_MS,
            stream_ms=ASKED_MS + 1000 * SECONDS,
        )
        result = AnswerResult(
            answer=answer,
            institution=institution,
            state=ResultState.READY,
            catalogue_version=1,
            made_at=timezone.now(),
        )
        result.track.save(f"{answer.pk}.parquet", ContentFile(to_bytes(track_of(a_person(seed)))), save=False)
        result.save()
        return answer

    return make


Register = Callable[..., ModelVersion]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """`register(northfield, "northfield-1")` registers and switches on a version; what is in `about` comes along."""

    def keep(
        institution: Institution, name: str, kind: ModelKind, folder: Path, against: str
    ) -> ModelVersion:
        version = ModelVersion.objects.create(
            institution=institution,
            kind=kind,
            name=name,
            against=against,
            catalogue_version=1,
            trained_on="24 answers",
            card=f"# {name}",
            config=json.loads((folder / "config.json").read_text()),
            weights=(folder / "weights.safetensors").read_bytes(),
        )
        before = in_use(institution.pk, kind) or version
        ModelSwitch.objects.create(
            institution=institution, kind=kind, version=version, previous=before, reason="better"
        )
        return version

    def make(institution: Institution, name: str, *, against: str = "", seed: int = 0) -> ModelVersion:
        folder = tmp_path / name
        torch.manual_seed(seed)
        if against:
            about = generators.About("advice", name, "24 answers", against)
            generators.save(_urging(), about, folder)
            return keep(institution, name, ModelKind.ADVICE, folder, against)
        network = engagements.default()[0]
        engagements.save(network, engagements.About("engagement", name, "24 answers"), folder)
        return keep(institution, name, ModelKind.ENGAGEMENT, folder, "")

    return make


def _urging() -> Turner:
    """A generator that wants everything that may move to move as far as it may."""
    schema = interview_schema()
    generator = Generator(len(schema), GeneratorConfig(hidden=4, blocks=1))
    with torch.no_grad():
        for weights in generator.parameters():
            weights.zero_()
        last = list(generator.parameters())[-1]
        last.copy_(torch.where(schema.may_rise, 2.0, -2.0))
    network = engagements.default()[0]
    return Turner(generator, Scale(network.mean.clone(), network.spread.clone()), schema)


@pytest.fixture
def advising(northfield: Institution, register: Register) -> ModelVersion:
    """Advice for the engagement model that is shipped."""
    shipped = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert shipped is not None
    return register(northfield, "northfield-advice", against=shipped.name)


def rows_of(answer: Answer) -> Mapping[str, Any]:
    """What counts for an answer: its rating and its advice."""
    return {
        "score": answer.scores.filter(kind="engagement", current=True).first(),
        "advice": answer.advice.filter(current=True).first(),
    }
