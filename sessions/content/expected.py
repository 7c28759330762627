"""Which expectations of a question hold: its own, else those of its type in the scenario, else the defaults."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from scoring.performance.expectation import Expectation, expectations
from sessions.models import Question, Scenario


class Source(StrEnum):
    """Where a question's expectations come from."""

    OWN = "own"
    TYPE = "type"
    DEFAULT = "default"


def source_of(question: Question, scenario: Scenario) -> Source:
    if question.expected_cues:
        return Source.OWN
    return Source.TYPE if scenario.expected_by_type.get(question.type) else Source.DEFAULT


def named(question: Question, scenario: Scenario) -> list[dict[str, Any]]:
    """As they are stored; empty where the defaults of the type hold."""
    return question.expected_cues or scenario.expected_by_type.get(question.type) or []


def expected_of(question: Question, scenario: Scenario) -> tuple[Expectation, ...]:
    """What an answer to the question is compared with today, the answer's length among it."""
    seconds = (float(question.expected_s_low), float(question.expected_s_high))
    return expectations(named(question, scenario), question_type=question.type, expected_s=seconds)
