"""Platforms, for an administrator, and what a platform asks to register us."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
