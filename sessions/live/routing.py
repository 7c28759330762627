"""The addresses of sockets."""

from typing import Any

from django.urls import URLPattern, URLResolver, path

from sessions.live.consumer import PracticeConsumer

# Django's types know views only.
practice: Any = PracticeConsumer.as_asgi()

websocket_urlpatterns: list[URLPattern | URLResolver] = [
    path("live/practice/<uuid:session_id>/", practice, name="live_practice"),
]
