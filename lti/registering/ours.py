"""What a platform needs to know of us: addresses, scopes, and how we describe ourselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope"
SCOPES = (
    f"{_AGS}/lineitem",
    f"{_AGS}/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
"""Line items of our own, scores, and rosters. Results are never read back, so that is not asked for."""

TITLE = "Greenroom"


@dataclass(frozen=True)
class Ours:
    """Our addresses as a platform in another place sees them. One address serves launches and Deep Linking."""

    origin: str

    @property
    def login(self) -> str:
        return self.origin + reverse("lti:login")

    @property
    def launch(self) -> str:
        return self.origin + reverse("lti:launch")

    @property
    def keys(self) -> str:
        return self.origin + reverse("lti:jwks")

    @property
    def icon(self) -> str:
        return self.origin + static("greenroom/favicon.svg")

    @property
    def domain(self) -> str:
        return urlsplit(self.origin).netloc


def description() -> str:
    return _("Practise job interviews with a virtual recruiter, and see how you come along.")


def deep_linking_label() -> str:
    return _("Choose an interview")


def client_registration(ours: Ours, *, for_canvas: bool) -> dict[str, Any]:
    """Our client metadata (LTI Dynamic Registration 1.0, 3.6)."""
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": ours.login,
        "redirect_uris": [ours.launch],
        "client_name": TITLE,
        "client_uri": f"{ours.origin}/",
        "jwks_uri": ours.keys,
        "logo_uri": ours.icon,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        "https://purl.imsglobal.org/spec/lti-tool-configuration": _tool(ours, for_canvas=for_canvas),
    }


def _tool(ours: Ours, *, for_canvas: bool) -> dict[str, Any]:
    tool = {
        "domain": ours.domain,
        "description": description(),
        "target_link_uri": ours.launch,
        "custom_parameters": {},
        "claims": ["iss", "sub", "name", "given_name", "family_name", "email", "locale"],
        "messages": [_deep_linking(ours)],
    }
    return tool | _canvas_extras(ours) if for_canvas else tool


def _deep_linking(ours: Ours) -> dict[str, Any]:
    return {
        "type": "LtiDeepLinkingRequest",
        "target_link_uri": ours.launch,
        "label": deep_linking_label(),
        "icon_uri": ours.icon,
    }


def _canvas_extras(ours: Ours) -> dict[str, Any]:
    """Canvas shows a tool where its messages say, and nowhere else ("Registering an LTI Tool")."""
    in_course = {
        "type": "LtiResourceLinkRequest",
        "target_link_uri": ours.launch,
        "label": TITLE,
        "icon_uri": ours.icon,
        "placements": ["course_navigation"],
        "https://canvas.instructure.com/lti/course_navigation/default_enabled": False,
    }
    choosing = _deep_linking(ours) | {"placements": ["assignment_selection", "link_selection"]}
    return {
        "messages": [in_course, choosing],
        "https://canvas.instructure.com/lti/privacy_level": "public",
        "https://canvas.instructure.com/lti/tool_id": TITLE.lower(),
    }


def canvas_configuration(ours: Ours) -> dict[str, Any]:
    """What Canvas's developer keys read from an address (Canvas, "Anatomy of a JSON configuration")."""
    choosing = {
        "message_type": "LtiDeepLinkingRequest",
        "target_link_uri": ours.launch,
        "text": deep_linking_label(),
        "selection_width": 900,
        "selection_height": 700,
        "enabled": True,
    }
    in_course = {
        "placement": "course_navigation",
        "message_type": "LtiResourceLinkRequest",
        "target_link_uri": ours.launch,
        "text": TITLE,
        "default": "disabled",
        "enabled": True,
    }
    placements = [
        in_course,
        {"placement": "assignment_selection", **choosing},
        {"placement": "link_selection", **choosing},
    ]
    extension = {
        "platform": "canvas.instructure.com",
        "domain": ours.domain,
        "tool_id": TITLE.lower(),
        "privacy_level": "public",
        "settings": {"text": TITLE, "icon_url": ours.icon, "placements": placements},
    }
    return {
        "title": TITLE,
        "description": description(),
        "oidc_initiation_url": ours.login,
        "target_link_uri": ours.launch,
        "scopes": list(SCOPES),
        "public_jwk_url": ours.keys,
        "custom_fields": {},
        "extensions": [extension],
    }
