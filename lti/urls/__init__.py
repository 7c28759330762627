"""Addresses that platforms and people from platforms open, all under /lti/; each part keeps its own."""

from django.urls import URLPattern, URLResolver

from lti.urls import choosing, grades, launch, people, registrations

app_name = "lti"
urlpatterns: list[URLPattern | URLResolver] = [
    *launch.urlpatterns,
    *people.urlpatterns,
    *registrations.urlpatterns,
    *choosing.urlpatterns,
    *grades.urlpatterns,
]
