"""Writes scenario files into the database, and what an institution changes in its own scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, User
from sessions.content.read import parse
from sessions.content.schema import ExpectedCue, QuestionContent, QuestionType, ScenarioContent
from sessions.content.write import as_file
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
            "expected_by_type": {
                kind.value: [_stored(cue) for cue in cues]
                for kind, cues in content.expected_by_type.items()
                if cues
            },
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


@transaction.atomic
def copy_scenario(*, scenario: Scenario, institution: Institution, by: User) -> Scenario:
    """The institution's own copy of a shipped scenario, to be changed; the one that it has already where there is one.

    It takes the shipped one's place in the lists; sessions and assignments of that one stay as they are.
    """
    same = {"institution": institution, "slug": scenario.slug, "language": scenario.language}
    own = Scenario.objects.filter(**same, archived_at=None).first()
    if own is not None:
        return own
    Scenario.objects.filter(**same).update(archived_at=None)
    copy = store_scenario(content=parse(as_file(scenario)), institution=institution)
    record(institution=institution, actor=by, verb="copy_scenario", scenario=str(copy.pk))
    return copy


@transaction.atomic
def expect_of_question(*, question: Question, expected: Sequence[ExpectedCue], by: User) -> None:
    """What the question expects from now on; nothing: what its type does. Stored results stay."""
    question.expected_cues = [_stored(cue) for cue in expected]
    question.save(update_fields=["expected_cues"])
    _record(question.scenario, by, question=str(question.pk), cues=len(expected))


@transaction.atomic
def expect_of_type(
    *, scenario: Scenario, kind: QuestionType, expected: Sequence[ExpectedCue], by: User
) -> None:
    """What the questions of a type expect that name nothing themselves; nothing: the defaults of that type."""
    scenario = Scenario.objects.select_for_update().get(pk=scenario.pk)
    others = {name: cues for name, cues in scenario.expected_by_type.items() if name != kind}
    own = {kind.value: [_stored(cue) for cue in expected]} if expected else {}
    scenario.expected_by_type = others | own
    scenario.save(update_fields=["expected_by_type"])
    _record(scenario, by, type=kind.value, cues=len(expected))


def _record(scenario: Scenario, by: User, **details: Any) -> None:
    if scenario.institution is None:
        raise ValueError("A scenario that is shipped is not changed: copy it first.")
    record(
        institution=scenario.institution,
        actor=by,
        verb="change_expectations",
        scenario=str(scenario.pk),
        **details,
    )


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
