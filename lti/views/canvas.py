"""Canvas reads our configuration from an address that the administrator pastes into a developer key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts.views.invite import origin_of
from lti.registering import links, words
from lti.registering.errors import LinkRefused
from lti.registering.ours import Ours, canvas_configuration


@never_cache
@require_safe
def configuration(request: HttpRequest, link_token: str) -> HttpResponse:
    """By the same link as `register`, as often as Canvas likes until it is used or expires."""
    try:
        link = links.usable(link_token)
    except LinkRefused as refused:
        said = words.words_of(refused)
        return JsonResponse({"error": str(said.what)}, status=said.status)
    with translation.override(link.institution.language):
        return JsonResponse(canvas_configuration(Ours(origin_of(request))))
