"""What each cue means, for everybody who is signed in; students see their own values beside it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from analytics import cue_names
from analytics.explain import own, page
from sessions.access import may_practise

LONGEST_SEARCH = 80


@require_safe
@role_required()
def cues(request: PersonRequest) -> HttpResponse:
    """All cues, one line each; `q` and `group` narrow them."""
    institution = request.membership.institution
    practises = may_practise(request.membership)
    looked_for, group = request.GET.get("q", "")[:LONGEST_SEARCH], request.GET.get("group", "")
    found = page.groups(
        looked_for=looked_for,
        group=group,
        usual=own.usual_values(request.user, institution) if practises else None,
    )
    context = {
        "groups": found,
        "n": sum(len(one.lines) for one in found),
        "all_groups": cue_names.GROUPS.items(),
        "looked_for": looked_for,
        "group": group,
    }
    return render(request, "analytics/cues.html", context)


@require_safe
@role_required()
def cue(request: PersonRequest, code: str) -> HttpResponse:
    """One cue; a code that there is not gives 404."""
    found = cue_names.as_cue(code)
    if found is None:
        raise Http404
    practises = may_practise(request.membership)
    before, after = page.neighbours(found)
    context = {
        "cue": page.explanation(found),
        "own": own.own_values(request.user, request.membership.institution, found) if practises else None,
        "before": before and {"code": before.value, "name": cue_names.name(before)},
        "after": after and {"code": after.value, "name": cue_names.name(after)},
    }
    return render(request, "analytics/cue.html", context)
