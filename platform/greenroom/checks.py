"""System checks of the deployment: each unsafe production setting has an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def secret_key_is_set(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.SECRET_KEY_IS_SET:
        return []
    hint = "Set SECRET_KEY to 50 or more random characters, the same for every process."
    return [
        Error(
            "SECRET_KEY is not set: every process makes its own and nobody stays signed in.",
            hint=hint,
            id="greenroom.E001",
        )
    ]


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "ALLOWED_HOSTS is empty or '*'.",
            hint="Name the host names that people use, with commas, in ALLOWED_HOSTS.",
            id="greenroom.E002",
        )
    ]


@register(Tags.security, deploy=True)
def demo_is_off(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.DEVELOPMENT or not settings.GREENROOM_DEMO:
        return []
    return [
        Error(
            "GREENROOM_DEMO is on in production: anyone can sign in as a demo person.",
            hint="Remove GREENROOM_DEMO from the environment.",
            id="greenroom.E003",
        )
    ]


@register(Tags.security, deploy=True)
def environment_is_production(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if not settings.DEVELOPMENT:
        return []
    return [
        Error(
            "GREENROOM_ENV is 'development': cookies travel without TLS.",
            hint="Remove GREENROOM_ENV from the environment.",
            id="greenroom.E004",
        )
    ]


@register(Tags.database, deploy=True)
def database_is_a_server(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    from greenroom import environment as env

    if env.text("DATABASE_URL"):
        return []
    return [
        Warning(
            "The embedded database serves one machine only.",
            hint="Set DATABASE_URL to a PostgreSQL server.",
            id="greenroom.W001",
        )
    ]


@register(deploy=True)
def models_are_there(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Only whether the files are there: what is in them is checked whenever one is loaded."""
    from greenroom import models_store

    missing = models_store.absent()
    if not missing:
        return []
    return [
        Warning(
            f"Models are missing ({', '.join(missing)}): what needs them is absent from every result.",
            hint=f"Run python -m greenroom.assets, or copy the files into {models_store.folder()}.",
            id="greenroom.W003",
        )
    ]


@register(deploy=True)
def an_analysis_can_work(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    enough = {
        "ANALYSES_AT_ONCE": 1,
        "ANALYSIS_MEMORY_MB": 1024,
        "ANALYSIS_SECONDS": 60,
        "ANALYSIS_DISK_MB": 128,
    }
    low = [f"{name} (at least {least})" for name, least in enough.items() if getattr(settings, name) < least]
    if not low:
        return []
    return [
        Error(
            f"Too low for an analysis to end: {', '.join(low)}.",
            hint="Remove it from the environment; the default fits an answer of 15 minutes.",
            id="greenroom.E005",
        )
    ]


@register(Tags.security, deploy=True)
def mail_is_sent(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.EMAIL_URL:
        return []
    return [
        Warning(
            "Mails are written to files: invitations and password resets reach nobody.",
            hint="Set EMAIL_URL, for example smtp://user:password@mail.example.org:587?tls=1.",
            id="greenroom.W002",
        )
    ]
