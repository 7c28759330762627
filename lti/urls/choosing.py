"""What a teacher puts into a course (Deep Linking)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
