"""Joining an account that is there already, and what cannot be practised now."""

from django.urls import URLPattern, URLResolver, path

from lti.views import joining, not_now

urlpatterns: list[URLPattern | URLResolver] = [
    path("join/", joining.join, name="join"),
    path("not-now/<uuid:assignment_id>/", not_now.not_now, name="not_now"),
]
