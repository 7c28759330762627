"""Practice: choosing, lobby, room, recordings; scenarios and assignments for those who teach."""

from django.urls import URLPattern, URLResolver, path

from sessions.recordings import views as recordings
from sessions.views import analysis, assign, drills, lobby, practice, room, rubric, scenarios, self_rating

_SESSION = "practice/<uuid:session_id>"
_ANALYSIS = "answers/<uuid:answer_id>/analysis"
_RECORDING = "recordings/<uuid:recording_id>"

app_name = "practice"
urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/", practice.choose, name="choose"),
    path("practice/start/", practice.start, name="start"),
    path("practice/drill/", drills.start_drill, name="start_drill"),
    path(f"{_SESSION}/", room.room, name="room"),
    path(f"{_SESSION}/lobby/", lobby.lobby, name="lobby"),
    path(f"{_SESSION}/consent/", lobby.consent, name="consent"),
    path(f"{_SESSION}/delete/", room.delete_session, name="delete_session"),
    path(f"{_SESSION}/self-rating/", self_rating.self_rating, name="self_rating"),
    path(f"{_ANALYSIS}/stop/", analysis.stop_analysis, name="stop_analysis"),
    path(f"{_ANALYSIS}/go-on/", analysis.go_on_analysis, name="go_on_analysis"),
    path(f"{_RECORDING}/", recordings.recording, name="recording"),
    path(f"{_RECORDING}/delete/", room.delete_recording, name="delete_recording"),
    path("scenarios/", scenarios.index, name="scenarios"),
    path("scenarios/import/", scenarios.import_file, name="import_scenario"),
    path("scenarios/<uuid:scenario_id>/", scenarios.detail, name="scenario"),
    path("scenarios/<uuid:scenario_id>/rubric/", rubric.rubric, name="rubric"),
    path("scenarios/<uuid:scenario_id>/file/", scenarios.file, name="scenario_file"),
    path("scenarios/<uuid:scenario_id>/copy/", scenarios.copy, name="copy_scenario"),
    path("cohorts/<uuid:cohort_id>/assign/", assign.assign, name="assign"),
    path("assignments/<uuid:assignment_id>/", assign.edit, name="edit_assignment"),
    path("assignments/<uuid:assignment_id>/withdraw/", assign.withdraw, name="withdraw_assignment"),
]
