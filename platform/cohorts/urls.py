"""Addresses about cohorts and people. `cohorts/<id>/` itself is the cohort's overview, which analytics shows."""

from django.urls import URLPattern, URLResolver, path

from cohorts.views import groups, invite, join, people, roster

_COHORT = "cohorts/<uuid:cohort_id>"
_PERSON = "people/<uuid:user_id>"

app_name = "cohorts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cohorts/", groups.cohort_list, name="list"),
    path(f"{_COHORT}/rename/", groups.rename, name="rename"),
    path(f"{_COHORT}/archive/", groups.archive, name="archive"),
    path(f"{_COHORT}/people/", roster.people_of_cohort, name="roster"),
    path(f"{_COHORT}/people/teachers/", roster.enrol_teacher, name="enrol_teacher"),
    path(f"{_COHORT}/{_PERSON}/left/", roster.mark_left, name="mark_left"),
    path(f"{_COHORT}/invite/", invite.invite, name="invite"),
    path(f"{_COHORT}/invite/link/", invite.invite_link, name="invite_link"),
    path(f"{_COHORT}/invite/list/", invite.invite_csv, name="invite_csv"),
    path(f"{_COHORT}/invite/list/send/", invite.invite_csv_confirm, name="invite_csv_confirm"),
    path("invitations/<uuid:invitation_id>/revoke/", roster.revoke, name="revoke"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite_person, name="invite_person"),
    path(f"{_PERSON}/role/", people.change_role, name="change_role"),
    path(f"{_PERSON}/leave/", people.remove_person, name="remove_person"),
    path("join/<str:token>/", join.join, name="join"),
]
