"""Scenarios for those who teach: finding them, reading their questions, importing one's own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import record
from accounts.models import Role
from sessions import choosing, queries, words
from sessions.content.actions import copy_scenario, store_scenario
from sessions.content.expected import named
from sessions.content.read import ContentError, parse
from sessions.content.schema import ScenarioContent
from sessions.content.write import as_file, file_name
from sessions.forms import ScenarioFileForm
from sessions.models import Question, Scenario
from sessions.views.language import language_name, own_language

PER_PAGE = 20


@dataclass(frozen=True)
class Preview:
    """A question as a teacher reads it."""

    question: Question
    thinking_s: int
    topics: list[str]
    cues: list[str]


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def index(request: PersonRequest) -> HttpResponse:
    found = find(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    minutes = choosing.minutes_of(list(page))
    context = {
        "page": page,
        "cards": [(one, minutes.get(one.pk, 1), language_name(one.language)) for one in page],
        "q": request.GET.get("q", ""),
    }
    return render(request, "sessions/scenarios.html", context)


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def detail(request: PersonRequest, scenario_id: UUID) -> HttpResponse:
    scenario = queries.get_scenario_for(request.membership.institution, scenario_id)
    context = {
        "scenario": scenario,
        "language": language_name(scenario.language),
        "minutes": choosing.minutes_of([scenario]).get(scenario.pk, 1),
        "previews": previews(scenario),
    }
    return render(request, "sessions/scenario.html", context)


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def file(request: PersonRequest, scenario_id: UUID) -> HttpResponse:
    """The scenario as a file, to be changed and imported again."""
    scenario = queries.get_scenario_for(request.membership.institution, scenario_id)
    response = HttpResponse(as_file(scenario), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, file_name(scenario))
    return response


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def copy(request: PersonRequest, scenario_id: UUID) -> HttpResponse:
    """The institution's own copy, in which it can change what is expected."""
    institution = request.membership.institution
    scenario = queries.get_scenario_for(institution, scenario_id)
    own = copy_scenario(scenario=scenario, institution=institution, by=request.user)
    messages.success(request, _("This interview is your institution's own. You can change what it expects."))
    return redirect("practice:scenario", own.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def import_file(request: PersonRequest) -> HttpResponse:
    """A scenario file of one's own institution. Importing it again brings it up to date."""
    form = ScenarioFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = parse(form.cleaned_data["file"])
        except ContentError as problem:
            context = {"form": form, "problem": problem, "reason": words.content_problem(problem)}
            return render(request, "sessions/import.html", context, status=422)
        return _imported(request, content)
    return render(request, "sessions/import.html", {"form": form})


def _imported(request: PersonRequest, content: ScenarioContent) -> HttpResponse:
    institution = request.membership.institution
    scenario = store_scenario(content=content, institution=institution)
    record(institution=institution, actor=request.user, verb="import_scenario", scenario=str(scenario.pk))
    messages.success(request, _("The interview is imported and can be practised and assigned."))
    return redirect("practice:scenario", scenario.pk)


def find(request: PersonRequest) -> list[Scenario]:
    """The institution's scenarios whose words hold what was searched for, the own language first."""
    wanted = request.GET.get("q", "").casefold().split()
    scenarios = queries.scenarios_for(request.membership.institution)
    found = [one for one in scenarios if all(word in _words_of(one) for word in wanted)]
    return choosing.own_language_first(found, own_language())


def _words_of(scenario: Scenario) -> str:
    parts = (scenario.title, scenario.job_title, scenario.summary, language_name(scenario.language))
    return " ".join(parts).casefold()


def previews(scenario: Scenario) -> list[Preview]:
    """The standing questions as written, with their topics and expected cues in words."""
    return [
        Preview(
            question=question,
            thinking_s=scenario.thinking_s if question.thinking_s is None else question.thinking_s,
            topics=[words.topic_name(topic) for topic in question.topics],
            cues=[words.expected_cue(cue) for cue in named(question, scenario)],
        )
        for question in scenario.questions.filter(retired_at=None)
    ]
