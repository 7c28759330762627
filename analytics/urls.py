"""Results and progress for a student, participation for a teacher, usage for an administrator."""

from django.urls import URLPattern, URLResolver, path

from analytics.views import (
    accommodation,
    coach,
    cohort,
    cues,
    disputes,
    drill,
    expectations,
    models,
    progress,
    registry,
    result,
    review,
    usage,
)

app_name = "analytics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/<uuid:session_id>/result/", result.result, name="result"),
    path("practice/<uuid:session_id>/result/status/", result.status, name="result_status"),
    path("practice/<uuid:session_id>/result/advice/", coach.advice, name="advice"),
    path("practice/<uuid:session_id>/result/<uuid:answer_id>/", result.answer, name="answer"),
    path("practice/<uuid:session_id>/drill/", drill.drill, name="drill"),
    path("progress/", progress.progress, name="progress"),
    path("profile/cues/", accommodation.accommodation, name="accommodation"),
    path("coach/", coach.coach, name="coach"),
    path("cues/", cues.cues, name="cues"),
    path("cues/<slug:code>/", cues.cue, name="cue"),
    path("models/<slug:name>/", models.model_card, name="model_card"),
    path("cohorts/<uuid:cohort_id>/", cohort.cohort, name="cohort"),
    path("cohorts/<uuid:cohort_id>/students/<uuid:user_id>/", cohort.student, name="student"),
    path(
        "scenarios/<uuid:scenario_id>/questions/<uuid:question_id>/expectations/",
        expectations.of_question,
        name="question_expectations",
    ),
    path(
        "scenarios/<uuid:scenario_id>/expectations/<slug:kind>/",
        expectations.of_type,
        name="type_expectations",
    ),
    path("answers/<uuid:answer_id>/dispute/", disputes.dispute, name="dispute"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/withdraw/", disputes.withdraw, name="withdraw_dispute"),
    path("cohorts/<uuid:cohort_id>/disputes/", disputes.cohort_disputes, name="cohort_disputes"),
    path(
        "cohorts/<uuid:cohort_id>/disputes/<uuid:dispute_id>/", disputes.cohort_dispute, name="cohort_dispute"
    ),
    path("institution/disputes/", disputes.institution_disputes, name="institution_disputes"),
    path("institution/disputes/<uuid:dispute_id>/", disputes.institution_dispute, name="institution_dispute"),
    path("cohorts/<uuid:cohort_id>/review/", review.review, name="review"),
    path("review/answers/<uuid:reviewed_id>/", review.review_answer, name="review_answer"),
    path("review/comments/<uuid:comment_id>/delete/", review.delete_comment, name="delete_review_comment"),
    path("institution/usage/", usage.usage, name="usage"),
    path("institution/usage.csv", usage.usage_csv, name="usage_csv"),
    path("institution/models/", registry.models, name="models"),
    path("institution/models/status/", registry.models_status, name="models_status"),
    path("institution/models/ratings.zip", registry.export_ratings, name="export_ratings"),
    path("institution/models/train/", registry.train_models, name="train_models"),
    path("institution/models/train/<uuid:run_id>/stop/", registry.stop_training, name="stop_training"),
    path("institution/models/<uuid:version_id>/switch-on/", registry.switch_on, name="switch_on"),
    path("institution/models/roll-back/", registry.roll_back, name="roll_back"),
    path("institution/models/score-anew/", registry.score_anew, name="score_anew"),
    path(
        "institution/models/score-anew/<uuid:rescoring_id>/stop/", registry.stop_scoring, name="stop_scoring"
    ),
]
