"""Platforms, for an administrator, and what a platform asks to register us."""

from django.urls import URLPattern, URLResolver, path

from lti.views import canvas, dynamic, keys, registrations

_ONE = "registrations/<uuid:registration_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/new/", registrations.new, name="new_registration"),
    path("registrations/link/", dynamic.registration_link, name="registration_link"),
    path(
        "registrations/link/<uuid:registration_link_id>/revoke/",
        dynamic.revoke_link,
        name="revoke_registration_link",
    ),
    path(f"{_ONE}/", registrations.registration, name="registration"),
    path(f"{_ONE}/edit/", registrations.edit, name="edit_registration"),
    path(f"{_ONE}/check/", registrations.check_now, name="check_registration"),
    path(f"{_ONE}/switch/", registrations.switch, name="switch_registration"),
    path(f"{_ONE}/deployment/", registrations.deployment, name="deployment"),
    path(f"{_ONE}/delete/", registrations.delete, name="delete_registration"),
    path("keys/", keys.our_keys, name="our_keys"),
    path("register/<str:link_token>/", dynamic.register, name="register"),
    path("canvas/<str:link_token>.json", canvas.configuration, name="canvas_configuration"),
]
