"""Results and progress for a student, participation for a teacher, usage for an administrator."""

from django.urls import URLPattern, URLResolver, path

from analytics.views import accommodation, cohort, cues, progress, result, usage

app_name = "analytics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/<uuid:session_id>/result/", result.result, name="result"),
    path("practice/<uuid:session_id>/result/status/", result.status, name="result_status"),
    path("practice/<uuid:session_id>/result/<uuid:answer_id>/", result.answer, name="answer"),
    path("progress/", progress.progress, name="progress"),
    path("profile/cues/", accommodation.accommodation, name="accommodation"),
    path("cues/", cues.cues, name="cues"),
    path("cues/<slug:code>/", cues.cue, name="cue"),
    path("cohorts/<uuid:cohort_id>/", cohort.cohort, name="cohort"),
    path("cohorts/<uuid:cohort_id>/students/<uuid:user_id>/", cohort.student, name="student"),
    path("institution/usage/", usage.usage, name="usage"),
    path("institution/usage.csv", usage.usage_csv, name="usage_csv"),
]
