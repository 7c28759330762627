"""The REST API of practice, version 1."""

from django.urls import URLPattern, URLResolver, path

from sessions.recordings import api as recordings

_SEGMENT = "answers/<uuid:answer_id>/recording/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("answers/<uuid:answer_id>/recording/", recordings.RecordingView.as_view(), name="recording"),
    path(_SEGMENT, recordings.SegmentView.as_view(), name="recording_segment"),
    path(f"{_SEGMENT}complete/", recordings.SegmentCompleteView.as_view(), name="recording_complete"),
]
