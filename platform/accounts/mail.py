"""Mails that we send: plain text, in the language of whom they are for.

A mail `name` is the two templates `mail/name_subject.txt` and `mail/name.txt` of an app's template folder.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def send(*, template: str, to: str, language: str, **context: Any) -> None:
    """Renders and sends one mail. `template` is such as `accounts/mail/password_reset`."""
    with translation.override(language):
        subject = render_to_string(f"{template}_subject.txt", context)
        text = render_to_string(f"{template}.txt", context)
    send_mail(" ".join(subject.split()), text, None, [to])


def send_password_reset(*, user_id: UUID, origin: str) -> None:
    """Mails the link to a new password; does nothing for an account that went away meanwhile."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    link = reverse(
        "accounts:password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    send(
        template="accounts/mail/password_reset",
        to=user.email,
        language=user.language,
        name=user.name,
        link=f"{origin}{link}",
    )
