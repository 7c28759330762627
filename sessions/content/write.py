"""A stored scenario as a scenario file: what `read.parse` reads again."""

from __future__ import annotations

import json
from typing import Any

from sessions.content.schema import SCHEMA_VERSION
from sessions.models import Question, Scenario


def as_file(scenario: Scenario) -> str:
    """The scenario with its standing questions as JSON text."""
    standing = scenario.questions.filter(retired_at=None).order_by("position")
    content = {
        "schema": SCHEMA_VERSION,
        "slug": scenario.slug,
        "language": scenario.language,
        "title": scenario.title,
        "job_title": scenario.job_title,
        "summary": scenario.summary,
        "order_rule": scenario.order_rule,
        "thinking_s": scenario.thinking_s,
        "questions": [_question(question) for question in standing],
    }
    if scenario.expected_by_type:
        content["expected_by_type"] = scenario.expected_by_type
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def file_name(scenario: Scenario) -> str:
    return f"{scenario.slug}.{scenario.language}.json"


def _question(question: Question) -> dict[str, Any]:
    content = {
        "key": question.key,
        "text": question.text,
        "type": question.type,
        "topics": question.topics,
        "difficulty": question.difficulty,
        "expected_s": [question.expected_s_low, question.expected_s_high],
        "expected_cues": question.expected_cues,
        "point": question.point,
        "key_points": question.key_points,
    }
    return content if question.thinking_s is None else content | {"thinking_s": question.thinking_s}
