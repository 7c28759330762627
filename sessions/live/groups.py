"""Names in the channel layer, and what is said there from elsewhere."""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured


def session_group(session_id: UUID) -> str:
    """The windows of one session."""
    return f"practice.{session_id.hex}"


def person_group(user_id: UUID) -> str:
    """All windows in which one person practises."""
    return f"person.{user_id.hex}"


def live_layer() -> BaseChannelLayer:
    """The layer that the settings name; without one the live socket cannot work."""
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS has no default.")
    return layer


def tell_consent_changed(user_id: UUID) -> None:
    """Let the person's open windows look again at what is agreed to. Called in a thread, after the commit."""
    layer = live_layer()
    async_to_sync(layer.group_send)(person_group(user_id), {"type": "consent.changed"})
