"""Practice: choosing, lobby, room; scenarios and assignments for teachers."""

from django.urls import URLPattern, URLResolver, path

from sessions.recordings import views as recordings
from sessions.views import lobby, practice, room

app_name = "practice"
urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/", practice.choose, name="choose"),
    path("practice/start/", practice.start, name="start"),
    path("practice/<uuid:session_id>/", room.room, name="room"),
    path("practice/<uuid:session_id>/lobby/", lobby.lobby, name="lobby"),
    path("practice/<uuid:session_id>/consent/", lobby.consent, name="consent"),
    path("recordings/<uuid:recording_id>/", recordings.recording, name="recording"),
    path("recordings/<uuid:recording_id>/delete/", room.delete_recording, name="delete_recording"),
]
