"""Our own keys: renewed by the operator, by a command, or when they are old; never by an institution."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from lti.keys import own
from lti.models import SigningKey
from lti.registering import rotation
from lti.registering.tasks import rotate_lti_key

pytestmark = pytest.mark.django_db


def test_the_operator_renews_the_key(sign_in: Callable[..., Client]) -> None:
    operator = User.objects.create_superuser("op@host.example", "a long quiet evening", name="Op")
    before = own.signing_key().kid
    client = sign_in(operator)
    assert before in client.get(reverse("lti:our_keys")).content.decode()
    client.post(reverse("lti:our_keys"))
    now = own.signing_key().kid
    assert now != before
    assert [key["kid"] for key in own.public_keys()] == [now, before]
    text = client.get(reverse("lti:our_keys")).content.decode()
    assert text.index(now) < text.index(before)


def test_by_command() -> None:
    before, said = own.signing_key().kid, StringIO()
    call_command("rotate_lti_key", stdout=said)
    assert own.signing_key().kid != before
    assert own.signing_key().kid in said.getvalue()


@pytest.mark.parametrize(("days", "renewed"), [(179, False), (181, True)], ids=["young", "old"])
def test_by_age(days: int, renewed: bool) -> None:
    before = own.signing_key().kid
    SigningKey.objects.update(created_at=timezone.now() - timedelta(days=days))
    rotate_lti_key(0)
    assert (own.signing_key().kid != before) is renewed
    rotate_lti_key(0)
    assert SigningKey.objects.count() == 1 + renewed


def test_a_house_that_signs_nothing_gets_no_key() -> None:
    assert not rotation.rotate_when_old()
    assert not SigningKey.objects.exists()
