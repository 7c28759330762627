"""The addresses of sockets."""

from typing import Any

from django.urls import path

from sessions.live.consumer import PracticeConsumer

# Django's types know views only, and Channels' want patterns that Django's path() does not say it makes.
practice: Any = PracticeConsumer.as_asgi()

websocket_urlpatterns: list[Any] = [
    path("live/practice/<uuid:session_id>/", practice, name="live_practice"),
]
