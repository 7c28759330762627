"""An administrator's view: how much is practised, by whom in counts, and the export of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import record
from accounts.models import Role
from analytics import csv_export
from analytics import usage as reads
from analytics.charts import weeks as week_charts
from sessions.disputes.queries import OPEN, untaught

EXPORT_WEEKS = 104


@require_safe
@role_required(Role.ADMINISTRATOR)
def usage(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    found = reads.usage_of(institution)
    context = {
        "usage": found,
        "people": reads.people_by_role(institution),
        "chart": week_charts.usage(found) if found.sessions else None,
        "export_weeks": EXPORT_WEEKS,
        "open_disputes": untaught(institution).filter(OPEN).count(),
    }
    return render(request, "analytics/usage.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def usage_csv(request: PersonRequest) -> StreamingHttpResponse:
    """Counts by cohort and week of the last two years, line by line."""
    institution = request.membership.institution
    since = reads.last_mondays(institution, EXPORT_WEEKS)[0]
    # Written down before the first line leaves.
    record(institution=institution, actor=request.user, verb="export_usage", since=since.isoformat())
    header = [_("Week of"), _("Cohort"), _("Students"), _("Students who practised"), _("Sessions")]
    lines = csv_export.lines([*header, _("Minutes practised")], reads.export_rows(institution, since=since))
    response = StreamingHttpResponse(streamed(request, lines), content_type="text/csv; charset=utf-8")
    day = timezone.localdate(timezone=reads.zone_of(institution))
    response["Content-Disposition"] = f'attachment; filename="greenroom-usage-{day:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


Piece = TypeVar("Piece", str, bytes)


def streamed(request: HttpRequest, pieces: Iterator[Piece]) -> Iterator[Piece] | AsyncIterator[Piece]:
    """Django streams a plain iterator under WSGI and an asynchronous one under ASGI."""
    return _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces


def _next(pieces: Iterator[Piece]) -> Piece | None:
    return next(pieces, None)


async def _asynchronous(pieces: Iterator[Piece]) -> AsyncIterator[Piece]:
    while (piece := await sync_to_async(_next)(pieces)) is not None:
        yield piece
