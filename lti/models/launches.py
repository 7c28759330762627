"""Launches on their way, and whom they bring."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Retention, Shown
from accounts.models import Institution, User
from lti.models.registrations import ADDRESS, IDENTIFIER, Registration


class Login(models.Model):
    """One launch on its way. Of state, nonce and browser only digests are kept: the table alone lets nobody in."""

    data_fate: ClassVar[Fate] = Fate(
        why="one launch on its way; useless when it is used or, after minutes, too old",
        retention=Retention("created_at", days=2),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE)
    state_digest = models.CharField(primary_key=True, max_length=64)
    browser_digest = models.CharField(max_length=64)
    target = models.CharField(max_length=ADDRESS)
    storage = models.CharField(
        max_length=IDENTIFIER,
        blank=True,
        help_text=_("The platform's frame that keeps data where cookies are blocked."),
    )
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"login of {self.created_at:%Y-%m-%d %H:%M}"


class Identity(models.Model):
    """Who a platform's `sub` is here. The address that the platform told is kept to offer joining two accounts."""

    data_fate: ClassVar[Fate] = Fate(
        why="who a platform's identifier stands for",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("The platforms that you come from"), _("You and administrators")),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE)
    subject = models.CharField(max_length=IDENTIFIER)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    email = models.CharField(
        max_length=254, blank=True, help_text=_("As the platform says; nobody has proved that it is theirs.")
    )
    name = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("As the platform last said it. Somebody who has another name here has changed it."),
    )
    created_at = models.DateTimeField(default=timezone.now)
    last_launch_at = models.DateTimeField(null=True, blank=True)
    stays_apart_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the person chose not to join another account.")
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("registration", "subject"), name="one_person_per_subject"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.registration_id}"


class Forgotten(models.Model):
    """A keyed digest of somebody whose data was deleted, so that a platform's list does not bring them back."""

    data_fate: ClassVar[Fate] = Fate(
        why="that somebody wanted to be forgotten, without who it was",
        institution=None,
        retention=Retention("at", days=730),
    )

    digest = models.CharField(primary_key=True, max_length=64)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"forgotten on {self.at:%Y-%m-%d}"


class Handover(models.Model):
    """The way of one person out of a platform's frame into a window of its own, used once; only a digest is kept."""

    data_fate: ClassVar[Fate] = Fate(
        why="one way from a frame into a window; useless when it is used or, after minutes, too old",
        person="user",
        export=False,
        erasure=Erasure.DELETE,
        retention=Retention("made_at", days=2),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(primary_key=True, max_length=64)
    path = models.CharField(max_length=ADDRESS)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"way of {self.made_at:%Y-%m-%d %H:%M}"
