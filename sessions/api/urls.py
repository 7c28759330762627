"""The REST API of practice, version 1."""

from django.urls import URLPattern, URLResolver, path

from sessions.api import views
from sessions.recordings import api as recordings

_SEGMENT = "answers/<uuid:answer_id>/recording/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/", views.SessionsView.as_view(), name="sessions"),
    path("sessions/<uuid:session_id>/", views.SessionView.as_view(), name="session"),
    path("scenarios/", views.ScenariosView.as_view(), name="scenarios"),
    path("answers/<uuid:answer_id>/recording/", recordings.RecordingView.as_view(), name="recording"),
    path(_SEGMENT, recordings.SegmentView.as_view(), name="recording_segment"),
    path(f"{_SEGMENT}complete/", recordings.SegmentCompleteView.as_view(), name="recording_complete"),
]
