"""The picker: a teacher from the platform looks for an interview, says until when, and goes back with links to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from cohorts.models import Assignment, Cohort
from lti.choosing import actions, queries
from lti.choosing.errors import Over
from lti.choosing.forms import NewForm, ReuseForm, id_in, usual, usual_again
from lti.choosing.items import response_claims
from lti.choosing.picks import Pick
from lti.frames.policy import origin_of
from lti.keys import own
from lti.models import Selection
from sessions import choosing as interviews
from sessions.models import Scenario
from sessions.queries import get_scenario_for
from sessions.views.language import language_name
from sessions.views.scenarios import find, previews

PER_PAGE = 8
SENDS = "lti_sends"
"""In the session: the choice whose answer goes out with the next page."""

Page = Callable[[PersonRequest, Selection, Cohort], HttpResponse]
Guarded = Callable[..., HttpResponseBase]


def of_open_choice(page: Page) -> Guarded:
    """The gate, and what a choice says that cannot be gone on with."""

    @never_cache
    @role_required()
    @wraps(page)
    def guarded(request: PersonRequest, selection_id: UUID) -> HttpResponse:
        selection = queries.get_selection_for(request.user, request.membership, selection_id)
        if selection.answered_at is not None:
            return _answered(request, selection)
        problem = problem_of(selection)
        if problem or selection.course is None:
            return _closed(request, selection, problem)
        return page(request, selection, selection.course.cohort)

    return guarded


def problem_of(selection: Selection) -> str:
    """Why nothing can be picked, as a word that the page knows; empty where nothing is in the way."""
    if queries.is_over_time(selection):
        return "old"
    if not selection.accepts_links:
        return "no_links"
    return "no_course" if selection.course is None else ""


# --- looking ----------------------------------------------------------------------------------------


@require_safe
@of_open_choice
def choose(request: PersonRequest, selection: Selection, cohort: Cohort) -> HttpResponse:
    """What is picked already, the interviews there are, and with ?show=again what the cohort has."""
    again = request.GET.get("show") == "again"
    context = _about(selection, cohort) | {
        "lines": _lines(selection, cohort),
        "again": again,
        "reusable": list(queries.reusable(cohort)),
    }
    return render(request, "lti/choosing/choose.html", context if again else context | _found(request))


def _found(request: PersonRequest) -> dict[str, Any]:
    page = Paginator(find(request), PER_PAGE).get_page(request.GET.get("page"))
    minutes = interviews.minutes_of(list(page))
    return {
        "page": page,
        "cards": [(one, minutes.get(one.pk, 1), language_name(one.language)) for one in page],
        "q": request.GET.get("q", ""),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@of_open_choice
def new(request: PersonRequest, selection: Selection, cohort: Cohort) -> HttpResponse:
    """An assignment of the interview ?scenario=, beside its questions."""
    scenario = _scenario(request)
    if scenario is None:
        return _no_longer(request, selection)
    form = NewForm(request.POST or None, selection=selection, initial=usual(scenario))
    if request.method == "POST" and form.is_valid():
        done = _picked(request, selection, form, form.pick(scenario))
        if done is not None:
            return done
    context = _about(selection, cohort) | {
        "form": form,
        "scenario": scenario,
        "language": language_name(scenario.language),
        "minutes": interviews.minutes_of([scenario]).get(scenario.pk, 1),
        "previews": previews(scenario),
    }
    return render(request, "lti/choosing/new.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@of_open_choice
def again(request: PersonRequest, selection: Selection, cohort: Cohort) -> HttpResponse:
    """A link to ?assignment=, which the cohort has already."""
    assignment = _assignment(request, cohort)
    if assignment is None:
        return _no_longer(request, selection)
    form = ReuseForm(request.POST or None, selection=selection, initial=usual_again(assignment))
    if request.method == "POST" and form.is_valid():
        done = _picked(request, selection, form, form.pick(assignment))
        if done is not None:
            return done
    context = _about(selection, cohort) | {"form": form, "assignment": assignment}
    return render(request, "lti/choosing/again.html", context, status=_status(request))


@require_POST
@of_open_choice
def take_out(request: PersonRequest, selection: Selection, cohort: Cohort) -> HttpResponse:
    with suppress(Over):
        actions.take_out(selection=selection, key=request.POST.get("key", ""))
    return redirect("lti:choose", selection.pk)


# --- answering --------------------------------------------------------------------------------------


@require_POST
@of_open_choice
def send(request: PersonRequest, selection: Selection, cohort: Cohort) -> HttpResponse:
    """Everything that is picked, to the platform."""
    try:
        answered = actions.answer(selection=selection, by=request.user)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return redirect("lti:choose", selection.pk)
    return _send(request, answered)


@require_safe
@never_cache
@role_required()
def sent(request: PersonRequest, selection_id: UUID) -> HttpResponse:
    """The answer on its way, once after each time that it was meant; whoever comes back to it sees what was sent."""
    selection = queries.get_selection_for(request.user, request.membership, selection_id)
    if selection.answered_at is None:
        return redirect("lti:choose", selection.pk)
    if request.session.pop(SENDS, None) == str(selection.pk):
        return _sending(request, selection)
    return _answered(request, selection)


@require_POST
@never_cache
@role_required()
def cancel(request: PersonRequest, selection_id: UUID) -> HttpResponse:
    """Back to the platform with nothing; open to a choice in which nothing can be picked, too."""
    selection = queries.get_selection_for(request.user, request.membership, selection_id)
    if selection.answered_at is not None:
        return _answered(request, selection)
    if queries.is_over_time(selection):
        return _closed(request, selection, "old")
    return _send(request, actions.cancel(selection=selection))


def _picked(
    request: PersonRequest, selection: Selection, form: NewForm | ReuseForm, pick: Pick
) -> HttpResponse | None:
    """Kept for later or sent at once, as the button says; None with an error on the form where that is refused."""
    try:
        if selection.accepts_several and request.POST.get("then") == "more":
            actions.pick(selection=selection, chosen=pick)
            messages.success(request, _("Kept. Choose another one, or put your choice into the course."))
            return redirect("lti:choose", selection.pk)
        return _send(request, actions.answer(selection=selection, by=request.user, last=pick))
    except Over:
        return redirect("lti:choose", selection.pk)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return None


def _answered(request: PersonRequest, selection: Selection) -> HttpResponse:
    """What was sent. It goes out again only for a second click, or by this page's own button.

    Somebody who went back to an old picker and presses a button there does not mean this: the platform would make
    the links a second time.
    """
    if request.method == "POST" and ("again" in request.POST or queries.is_fresh(selection)):
        return _send(request, selection)
    context = _about(selection) | {"lines": _lines(selection)}
    return render(request, "lti/choosing/answered.html", context)


def _send(request: PersonRequest, selection: Selection) -> HttpResponse:
    """By way of an address of its own: a page that answered a form cannot be gone back to."""
    request.session[SENDS] = str(selection.pk)
    return redirect("lti:choose_sent", selection.pk)


def _sending(request: PersonRequest, selection: Selection) -> HttpResponse:
    """The page whose form brings the signed answer to the platform, which is the one place it may be sent to."""
    lines = _lines(selection)
    claims = response_claims(selection, _items(request, selection), "" if lines else _("Nothing was chosen."))
    context = _about(selection) | {"lines": lines, "token": own.sign(claims), "nonce": claims["nonce"]}

    response = render(request, "lti/choosing/sending.html", context)
    update = {"form-action": [origin_of(selection.return_url)]}
    setattr(response, "_csp_update", update)  # noqa: B010 django-csp reads it from there
    # With our usual policy the browser would say of a form to another site that it comes from nowhere ("null").
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _items(request: PersonRequest, selection: Selection) -> list[dict[str, Any]]:
    if selection.course is None:
        return []
    cohort, url = selection.course.cohort, request.build_absolute_uri(reverse("lti:launch"))
    return queries.content_items(selection, cohort, url)


def _closed(request: PersonRequest, selection: Selection, problem: str) -> HttpResponse:
    return render(request, "lti/choosing/closed.html", _about(selection) | {"problem": problem})


# --- parts ------------------------------------------------------------------------------------------


def _about(selection: Selection, cohort: Cohort | None = None) -> dict[str, Any]:
    return {"selection": selection, "platform": selection.registration.name, "cohort": cohort}


def _lines(selection: Selection, cohort: Cohort | None = None) -> list[queries.Line]:
    cohort = cohort or (selection.course.cohort if selection.course else None)
    return queries.lines(selection, cohort, queries.picks_of(selection)) if cohort else []


def _scenario(request: PersonRequest) -> Scenario | None:
    """None too for one that is not this institution's: the page is the same."""
    wanted = id_in(request.GET.get("scenario"))
    try:
        return get_scenario_for(request.membership.institution, wanted) if wanted else None
    except Http404:
        return None


def _assignment(request: PersonRequest, cohort: Cohort) -> Assignment | None:
    wanted = id_in(request.GET.get("assignment"))
    try:
        return queries.get_reusable(cohort, wanted) if wanted else None
    except Http404:
        return None


def _no_longer(request: PersonRequest, selection: Selection) -> HttpResponse:
    messages.warning(request, _("This is no longer offered. Choose another one."))
    return redirect("lti:choose", selection.pk)


def _status(request: PersonRequest) -> int:
    """A form that comes back was not accepted."""
    return 422 if request.method == "POST" else 200
