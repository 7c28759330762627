"""The card of a model that scores answers, for everybody whom it may score."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from analytics.model_cards import card
from scoring.registry.queries import card_of


@require_safe
@role_required()
def model_card(request: PersonRequest, name: str) -> HttpResponse:
    """A shipped model's card for everybody who is signed in, an institution's own inside it."""
    version = card_of(name, request.membership.institution_id)
    if version is None:
        raise Http404
    return render(request, "analytics/model_card.html", {"card": card(version)})
