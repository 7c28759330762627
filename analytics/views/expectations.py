"""Where those who teach change what the questions of their own scenarios expect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, role_required
from accounts.models import Role
from analytics.expectations import lines_of, preview
from scoring.performance.expectation import Expectation, expectations
from sessions.content.actions import expect_of_question, expect_of_type
from sessions.content.expected import Source, expected_of, source_of
from sessions.content.schema import ExpectedCue, QuestionType
from sessions.models import Question, Scenario
from sessions.models import QuestionType as Types
from sessions.queries import get_own_scenario_for


@dataclass(frozen=True, slots=True)
class Subject:
    """What the form is about: one question, or all of one type. `keep` stores it; nothing: the default."""

    scenario: Scenario
    expected: Sequence[Expectation]
    source: Source
    keep: Callable[[Sequence[ExpectedCue]], None]
    context: dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def of_question(request: PersonRequest, scenario_id: UUID, question_id: UUID) -> HttpResponse:
    scenario = get_own_scenario_for(request.membership.institution, scenario_id)
    question = get_object_or_404(
        Question.objects.select_related("scenario__institution"),
        pk=question_id,
        scenario=scenario,
        retired_at=None,
    )

    def keep(expected: Sequence[ExpectedCue]) -> None:
        expect_of_question(question=question, expected=expected, by=request.user)

    source = source_of(question, scenario)
    context = {"question": question, "kind": question.type, "kind_name": question.get_type_display()}
    return _page(request, Subject(scenario, expected_of(question, scenario), source, keep, context))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def of_type(request: PersonRequest, scenario_id: UUID, kind: str) -> HttpResponse:
    """Of all questions of a type in the scenario that name nothing themselves."""
    scenario = get_own_scenario_for(request.membership.institution, scenario_id)
    if kind not in set(QuestionType):
        raise Http404

    def keep(expected: Sequence[ExpectedCue]) -> None:
        expect_of_type(scenario=scenario, kind=QuestionType(kind), expected=expected, by=request.user)

    stored = scenario.expected_by_type.get(kind) or []
    found = expectations(stored, question_type=kind, expected_s=None)
    standing = scenario.questions.filter(type=kind, retired_at=None)
    context = {"kind": kind, "kind_name": Types(kind).label, "questions": list(standing)}
    source = Source.TYPE if stored else Source.DEFAULT
    return _page(request, Subject(scenario, found, source, keep, context))


def _page(request: PersonRequest, subject: Subject) -> HttpResponse:
    lines = lines_of(request.POST or None, subject.expected)
    if request.method == "POST":
        if request.POST.get("act") == "default":
            return _kept(request, subject, [], _("Back to the default, for answers from now on."))
        if lines.is_valid():
            return _kept(request, subject, lines.expected, _("Saved, for answers from now on."))
    context = {
        "scenario": subject.scenario,
        "source": subject.source,
        "preview": preview(subject.expected, subject.scenario.language),
        "lines": lines,
        **subject.context,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "analytics/expectations.html", context, status=status)


def _kept(
    request: PersonRequest, subject: Subject, expected: Sequence[ExpectedCue], said: str
) -> HttpResponse:
    subject.keep(expected)
    messages.success(request, said)
    return redirect(request.path)
