"""Contest: the learner's form and list, and the pages of those who reply."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Institution, Role
from analytics.disputes import DisputeForm, ReplyForm, choices_of, name_of
from analytics.shared_disputes import shared
from cohorts.models import Cohort
from cohorts.queries import get_cohort_for
from sessions.access import learner_required
from sessions.disputes import actions, queries
from sessions.models import Dispute
from sessions.queries import get_answer_for

PER_PAGE = 20


# --- the learner ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@role_required()
def dispute(request: PersonRequest, answer_id: UUID) -> HttpResponse:
    """The form beside one's own answer; `?about=` says what is chosen in it when it opens."""
    answer = get_answer_for(request.user, answer_id)
    choices = choices_of(answer)
    form = DisputeForm(request.POST or None, choices=choices, initial={"about": request.GET.get("about", "")})
    sent = request.method == "POST"
    if sent and form.is_valid():
        about, cue = form.subject
        try:
            actions.raise_dispute(answer=answer, about=about, cue=cue, words=form.cleaned_data["words"])
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Sent. What you disputed is marked, and you find the reply here."))
            return redirect("analytics:answer", answer.session_id, answer.pk)
    context = {
        "form": form,
        "answer": answer,
        "session": answer.session,
        "choices": choices,
        "is_taught": queries.is_taught(request.user, answer.session.institution),
    }
    return render(request, "analytics/dispute.html", context, status=422 if sent else 200)


@require_safe
@learner_required
def disputes(request: PersonRequest) -> HttpResponse:
    rows = queries.own_disputes(request.user, request.membership.institution)
    return render(request, "analytics/disputes.html", _page(request, rows))


@require_POST
@role_required()
def withdraw(request: PersonRequest, dispute_id: UUID) -> HttpResponse:
    actions.withdraw(dispute=queries.get_dispute_for(request.user, dispute_id))
    messages.success(request, _("Taken back. What was written stays here, for you to read."))
    return redirect("analytics:disputes")


# --- those who reply ------------------------------------------------------------------------------


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def cohort_disputes(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = _taught(request, cohort_id)
    context = {"cohort": cohort, **_page(request, queries.disputes_in(cohort))}
    return render(request, "analytics/cohort_disputes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def cohort_dispute(request: PersonRequest, cohort_id: UUID, dispute_id: UUID) -> HttpResponse:
    """What the student wrote, and of the answer only what they share."""
    cohort = _taught(request, cohort_id)
    found = queries.get_dispute_in(cohort, dispute_id)
    context = {"cohort": cohort, "shared": shared(found)}
    return _replying(request, found, context, ("analytics:cohort_dispute", cohort.pk, found.pk))


def _taught(request: PersonRequest, cohort_id: UUID) -> Cohort:
    """A cohort that the person teaches: whoever administers it reads no dispute here."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    if request.membership.role != Role.TEACHER:
        raise Http404
    return cohort


@require_safe
@role_required(Role.ADMINISTRATOR)
def institution_disputes(request: PersonRequest) -> HttpResponse:
    """Of learners whom nobody teaches, who would else wait for ever."""
    rows = queries.untaught(_institution(request))
    return render(request, "analytics/institution_disputes.html", _page(request, rows))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def institution_dispute(request: PersonRequest, dispute_id: UUID) -> HttpResponse:
    """The words and what they are about; neither who wrote them nor anything of the answer."""
    found = queries.get_untaught(_institution(request), dispute_id)
    return _replying(request, found, {}, ("analytics:institution_dispute", found.pk))


def _institution(request: PersonRequest) -> Institution:
    return request.membership.institution


def _replying(
    request: PersonRequest, found: Dispute, context: dict[str, Any], own: tuple[Any, ...]
) -> HttpResponse:
    """The page of one dispute, and the reply that is sent from it; `own` is its address."""
    form = ReplyForm(request.POST or None)
    sent = request.method == "POST"
    if sent and form.is_valid():
        try:
            actions.reply(dispute=found, text=form.cleaned_data["text"], by=request.user)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your reply is sent. The student sees it beside what they wrote."))
            return redirect(*own)
    whole = {"dispute": _named(found), "form": form, **context}
    return render(request, "analytics/dispute_reply.html", whole, status=422 if sent else 200)


def _page(request: HttpRequest, rows: QuerySet[Dispute]) -> dict[str, Page[Any]]:
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for found in page:
        _named(found)
    return {"page": page}


def _named(found: Any) -> Dispute:
    """With `name`, what it is about in words."""
    found.name = name_of(found.about, found.cue)
    return found  # type: ignore[no-any-return]
