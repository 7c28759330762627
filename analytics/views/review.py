"""Teachers rate answers: the queue of a cohort with how far its raters agree, and one answer with its form.

Of an answer these pages show what was said and, where it was recorded, seen. What was measured is not here at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.models import Role, User
from analytics import review as reviews
from analytics import units
from analytics.review import agreement_line
from cohorts.models import Cohort
from cohorts.queries import get_cohort_for
from sessions.models import Answer, Opinion, Rating
from sessions.ratings import actions, queries
from sessions.ratings.agreement import ENGAGEMENT, agreements
from sessions.ratings.errors import RatingRefused
from sessions.ratings.forms import CommentForm, ReviewForm, Scale, level_in, levels_in, scales
from sessions.ratings.queries import Wanted
from sessions.ratings.rubric import Criterion, rubric_of, shown
from sessions.ratings.words import refused

PAGE = 25
LEVEL = "level"
"""The fields of the levels are called `level-KEY`."""
FILTERS: dict[str, str | Promise] = {
    "all": gettext_lazy("All"),
    "unrated": gettext_lazy("Not yet rated by you"),
    "shortlisted": gettext_lazy("On your shortlist"),
}


# --- the queue ------------------------------------------------------------------------------------


@require_safe
@role_required(Role.TEACHER)
def review(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """What the cohort's students let their teachers rate, and how far those who rated agree."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    show = request.GET.get("show", "all")
    student = _uuid(request.GET.get("student", ""))
    wanted = Wanted(unrated=show == "unrated", shortlisted=show == "shortlisted", student=student)
    students = queries.who_lets_rate(request.user, cohort)
    rows = queries.to_review(request.user, cohort, wanted, students=students)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "page": page,
        "rows": [(answer, units.clock(answer.stream_ms)) for answer in page],
        "filters": FILTERS,
        "show": show if show in FILTERS else "all",
        "student": student,
        "students": queries.students_to_review(students, cohort),
        "agreement": [agreement_line(one) for one in agreements(queries.rated_in(students, cohort))],
    }
    return render(request, "analytics/review.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --- one answer -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER)
def review_answer(request: PersonRequest, reviewed_id: UUID) -> HttpResponse:
    """Read, watch, rate, comment. Whatever cannot be written comes back as it was typed, with the reason."""
    answer = queries.get_reviewable_answer_for(request.user, reviewed_id)
    if request.method != "POST":
        return _desk(request, answer, _before(answer, request.user))
    return _commented(request, answer) if request.POST.get("act") == "comment" else _rated(request, answer)


@require_POST
@role_required(Role.TEACHER)
def delete_comment(request: PersonRequest, comment_id: UUID) -> HttpResponse:
    """The author takes a comment back."""
    comment = queries.get_own_comment_for(request.user, comment_id)
    answer = comment.answer
    actions.delete_comment(comment=comment)
    if getattr(request, "htmx", False):
        # Another comment that is being written stays in its fields.
        typed = CommentForm(initial={name: request.POST.get(name, "") for name in CommentForm.base_fields})
        return _comments(request, answer, typed, deleted=True)
    messages.success(request, _("The comment is deleted."))
    return redirect("analytics:review_answer", answer.pk)


def _rated(request: PersonRequest, answer: Answer) -> HttpResponse:
    form, comment = ReviewForm(request.POST), CommentForm(request.POST)
    if not (form.is_valid() and comment.is_valid()):
        return _desk(request, answer, request.POST, form=form, comment=comment, status=422)
    try:
        actions.rate(answer=answer, by=request.user, said=_said(request.POST, form, answer))
        if comment.cleaned_data["comment"]:
            _comment(answer, request.user, comment)
    except RatingRefused as problem:
        form.add_error(None, refused(problem))
        return _desk(request, answer, request.POST, form=form, comment=comment, status=422)
    messages.success(request, _("Your rating is saved."))
    return redirect("analytics:review_answer", _next_id(request, answer))


def _next_id(request: PersonRequest, answer: Answer) -> UUID:
    """Of the answer that is shown now: the next one, if that was asked for and there is one."""
    following = _following(request.user, answer) if request.POST.get("act") == "next" else None
    return following.pk if following else answer.pk


def _said(posted: Mapping[str, Any], form: ReviewForm, answer: Answer) -> actions.Said:
    opinion = form.cleaned_data["opinion"]
    return actions.Said(
        engagement=level_in(posted, f"{LEVEL}-{ENGAGEMENT}"),
        levels=levels_in(posted, LEVEL, rubric_of(answer.institution_id, answer.session.scenario_id)),
        opinion=Opinion(opinion) if opinion else None,
        shortlisted=form.cleaned_data["shortlisted"],
        note=form.cleaned_data["note"],
    )


def _commented(request: PersonRequest, answer: Answer) -> HttpResponse:
    """With scripts the comments alone come back; without, the whole page, with the rating as it was typed."""
    form, comment = ReviewForm(request.POST), CommentForm(request.POST)
    written = comment.is_valid() and _comment(answer, request.user, comment)
    if written:
        comment = CommentForm()
    if getattr(request, "htmx", False):
        return _comments(request, answer, comment, written=written)
    return _desk(request, answer, request.POST, form=form, comment=comment, status=200 if written else 422)


def _comments(request: PersonRequest, answer: Answer, form: CommentForm, **done: bool) -> HttpResponse:
    said = reviews.for_teacher(queries.ratings_of([answer]), answer, request.user)
    context = {"answer": answer, "comment": form, "said": said, **done}
    return render(request, "analytics/_review_comments.html", context)


def _comment(answer: Answer, by: User, form: CommentForm) -> bool:
    """Whether it was written; else the form has the reason."""
    said = form.cleaned_data
    try:
        actions.comment(answer=answer, by=by, text=said["comment"], at_ms=said["at"])
    except RatingRefused as problem:
        form.add_error("at" if problem.code == "outside_answer" else "comment", refused(problem))
        return False
    return True


# --- the page -------------------------------------------------------------------------------------


def _desk(
    request: PersonRequest,
    answer: Answer,
    chosen: Mapping[str, Any],
    *,
    form: ReviewForm | None = None,
    comment: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `chosen` are the levels by field, posted or from the teacher's own rating."""
    ratings = queries.ratings_of([answer])
    cohort = queries.shared_cohort(request.user, answer.session.user_id, answer.institution_id)
    context = {
        "answer": answer,
        "session": answer.session,
        "cohort": cohort,
        "following": _following(request.user, answer, cohort),
        "length": units.clock(answer.stream_ms),
        "spoken": reviews.words_of(answer),
        "recording": reviews.recording_of(answer),
        "scales": _scales(answer, chosen),
        "form": form or ReviewForm(initial=dict(chosen)),
        "comment": comment or CommentForm(),
        "said": reviews.for_teacher(ratings, answer, request.user),
        "rated": any(one.rater_id == request.user.pk for one in ratings),
        "others": sum(one.rater_id != request.user.pk for one in ratings),
    }
    return render(request, "analytics/review_answer.html", context, status=status)


def _following(user: User, answer: Answer, cohort: Cohort | None = None) -> Answer | None:
    cohort = cohort or queries.shared_cohort(user, answer.session.user_id, answer.institution_id)
    return queries.next_to_rate(user, cohort, answer) if cohort else None


def _scales(answer: Answer, chosen: Mapping[str, Any]) -> list[Scale]:
    """Engagement first, then the rubric."""
    engagement = Criterion(
        ENGAGEMENT,
        _("Engagement: how involved the answer sounds and looks to you"),
        _("low: seems to be said in passing"),
        _("high: seems to matter, in voice, words and bearing"),
    )
    rubric = shown(rubric_of(answer.institution_id, answer.session.scenario_id))
    return scales(LEVEL, [engagement, *rubric], chosen)


def _before(answer: Answer, teacher: User) -> dict[str, Any]:
    """What the teacher said of it before, as the form has it."""
    own = Rating.objects.filter(answer=answer, rater=teacher).first()
    if own is None:
        return {}
    levels = {f"{LEVEL}-{one['key']}": one["level"] for one in own.criteria}
    if own.engagement is not None:
        levels[f"{LEVEL}-{ENGAGEMENT}"] = own.engagement
    return levels | {"opinion": own.opinion, "shortlisted": own.shortlisted, "note": own.note}
