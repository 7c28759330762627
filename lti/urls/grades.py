"""Grades and rosters, for those who teach."""

from django.urls import URLPattern, URLResolver, path

from lti.views import grades

urlpatterns: list[URLPattern | URLResolver] = [
    path("grades/<uuid:cohort_id>/", grades.grades, name="grades"),
    path("grades/<uuid:cohort_id>/again/", grades.again, name="send_again"),
    path("grades/<uuid:cohort_id>/roster/", grades.roster, name="refresh_roster"),
    path("grades/<uuid:cohort_id>/<int:graded_link>/<uuid:user_id>/", grades.confirm, name="confirm_grade"),
]
