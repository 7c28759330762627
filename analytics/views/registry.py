"""An administrator's page of models: what is in use, what there is to learn from, training, switching, scoring anew."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused, record
from accounts.models import ModelKind, Role
from analytics.registry import history, words
from analytics.registry.page import jobs_of, page_of
from analytics.usage import zone_of
from analytics.views.usage import streamed
from scoring.models import TrainingRun
from scoring.registry import actions as registry
from scoring.registry.queries import in_use
from sessions.listener.rescoring import ask_rescoring, stop_rescoring
from sessions.models import Rescoring
from sessions.training import actions as training
from sessions.training import export

LINES_PER_PAGE = 20


@require_safe
@role_required(Role.ADMINISTRATOR)
def models(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    page = Paginator(history.events(institution), LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"models": page_of(institution), "page": page, "lines": history.lines(page)}
    return render(request, "analytics/models.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def models_status(request: PersonRequest) -> HttpResponse:
    """Asked by the page every few seconds while something goes on; when that has ended, the page loads itself anew."""
    jobs = jobs_of(request.membership.institution)
    response = render(request, "analytics/_models_jobs.html", {"jobs": jobs})
    if not jobs.same_as(request.GET):
        response["HX-Refresh"] = "true"
    return response


@require_safe
@role_required(Role.ADMINISTRATOR)
def export_ratings(request: PersonRequest) -> StreamingHttpResponse:
    """The rated answers in the interchange format as a ZIP, made while it is sent."""
    institution = request.membership.institution
    # Written down before the first byte leaves.
    record(institution=institution, actor=request.user, verb="export_ratings")
    blocks = streamed(request, export.zip_of(institution))
    response = StreamingHttpResponse(blocks, content_type="application/zip")
    day = timezone.localdate(timezone=zone_of(institution))
    response["Content-Disposition"] = f'attachment; filename="greenroom-ratings-{day:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@role_required(Role.ADMINISTRATOR)
def train_models(request: PersonRequest) -> HttpResponse:
    try:
        training.ask(institution=request.membership.institution, by=request.user)
    except training.TooLittle as refused:
        messages.error(request, words.lack(refused.lack))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The training begins as soon as its turn comes. You can leave this page.")
        )
    return redirect("analytics:models")


@require_POST
@role_required(Role.ADMINISTRATOR)
def stop_training(request: PersonRequest, run_id: UUID) -> HttpResponse:
    rows = TrainingRun.objects.filter(institution=request.membership.institution, pk=run_id)
    run = rows.select_related("institution").first()
    if run is None:
        raise Http404
    if training.stop(run=run, by=request.user):
        messages.success(request, _("The training is stopped. Nothing was changed."))
    return redirect("analytics:models")


@require_POST
@role_required(Role.ADMINISTRATOR)
def switch_on(request: PersonRequest, version_id: UUID) -> HttpResponse:
    institution = request.membership.institution
    version = registry.get_version_for(institution, version_id)
    try:
        registry.switch_on(institution=institution, version=version, by=request.user)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _switched(version.name))
    return redirect("analytics:models")


@require_POST
@role_required(Role.ADMINISTRATOR)
def roll_back(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    try:
        switch = registry.roll_back(institution=institution, kind=ModelKind.ENGAGEMENT, by=request.user)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _switched(switch.version.name))
    return redirect("analytics:models")


def _switched(name: str) -> str:
    return _("%(name)s is in use from now on. Earlier results keep the model that made them.") % {
        "name": name
    }


@require_POST
@role_required(Role.ADMINISTRATOR)
def score_anew(request: PersonRequest) -> HttpResponse:
    """The whole history with the model that is in use now."""
    institution = request.membership.institution
    version = in_use(institution.pk, ModelKind.ENGAGEMENT)
    if version is None:
        raise Http404
    try:
        ask_rescoring(institution=institution, version=version, by=request.user)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The history is scored anew as soon as its turn comes. Earlier results stay.")
        )
    return redirect("analytics:models")


@require_POST
@role_required(Role.ADMINISTRATOR)
def stop_scoring(request: PersonRequest, rescoring_id: UUID) -> HttpResponse:
    institution = request.membership.institution
    if not Rescoring.objects.filter(institution=institution, pk=rescoring_id).exists():
        raise Http404
    if stop_rescoring(rescoring_id=rescoring_id):
        messages.success(request, _("Stopped. What was scored anew stays."))
    return redirect("analytics:models")
