"""Writes scenario files into the database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Institution
from sessions.content.schema import ExpectedCue, QuestionContent, ScenarioContent
from sessions.models import Question, Scenario


@transaction.atomic
def store_scenario(*, content: ScenarioContent, institution: Institution | None = None) -> Scenario:
    """Makes or brings up to date the scenario of this slug and language; storing twice changes nothing.

    Questions are told apart by key. One that the file no longer has is retired, not deleted: answers to it stay.
    """
    scenario, _ = Scenario.objects.update_or_create(
        institution=institution,
        slug=content.slug,
        language=content.language,
        defaults={
            "title": content.title,
            "job_title": content.job_title,
            "summary": content.summary,
            "order_rule": content.order_rule.value,
            "thinking_s": content.thinking_s,
        },
    )
    keys = [question.key for question in content.questions]
    scenario.questions.exclude(key__in=keys).filter(retired_at=None).update(retired_at=timezone.now())
    Question.objects.bulk_create(
        [_row(scenario, position, question) for position, question in enumerate(content.questions)],
        update_conflicts=True,
        unique_fields=["scenario", "key"],
        update_fields=[
            *("position", "text", "type", "topics", "difficulty", "expected_s_low", "expected_s_high"),
            *("thinking_s", "expected_cues", "point", "key_points", "retired_at"),
        ],
    )
    return scenario


def _stored(expected: ExpectedCue) -> dict[str, Any]:
    """As the file has it: what is not said is not there."""
    fields = asdict(expected)
    band = {end: value for end, value in (fields.pop("band") or {}).items() if value is not None}
    return fields | {"band": band} if band else fields


def _row(scenario: Scenario, position: int, question: QuestionContent) -> Question:
    return Question(
        scenario=scenario,
        key=question.key,
        position=position,
        text=question.text,
        type=question.type.value,
        topics=[topic.value for topic in question.topics],
        difficulty=question.difficulty,
        expected_s_low=question.expected_s[0],
        expected_s_high=question.expected_s[1],
        thinking_s=question.thinking_s,
        expected_cues=[_stored(cue) for cue in question.expected_cues],
        point=question.point,
        key_points=list(question.key_points),
        retired_at=None,
    )
