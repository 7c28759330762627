"""The launch itself, our keys, and the way from a frame into a window."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
