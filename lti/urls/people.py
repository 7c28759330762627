"""Joining an account that is there already, and links that cannot be practised now."""

from django.urls import URLPattern, URLResolver, path

from lti.views import joining

urlpatterns: list[URLPattern | URLResolver] = [
    path("join/", joining.join, name="join"),
    path("links/<int:link_id>/", joining.link, name="link"),
]
