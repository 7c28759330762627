"""The launch itself, our keys, and the way from a frame into a window."""

from django.urls import URLPattern, URLResolver, path

from lti.views import launch, window

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", launch.login, name="login"),
    path("launch/", launch.launch, name="launch"),
    path("jwks.json", launch.jwks, name="jwks"),
    path("window/", window.window, name="window"),
    path("enter/", window.enter, name="enter"),
    path("closed/", window.closed, name="closed"),
]
