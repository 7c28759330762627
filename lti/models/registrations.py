"""Agreements with platforms, and keys."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fate import Erasure, Fate, Retention
from accounts.models import Institution, User

IDENTIFIER = 255
"""The longest identifier that a platform may give (LTI 1.3 core, 5.3)."""

ADDRESS = 2000


class Product(models.TextChoices):
    MOODLE = "moodle", "Moodle"
    CANVAS = "canvas", "Canvas"
    OTHER = "other", _("Another platform")


class RegistrationState(models.TextChoices):
    PENDING = "pending", _("Waiting for the platform's client id")
    ACTIVE = "active", pgettext_lazy("platform", "Active")
    DISABLED = "disabled", pgettext_lazy("platform", "Switched off")


class Registration(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="an agreement between an institution and a platform, not a person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="registrations")
    name = models.CharField(_("name"), max_length=120)
    product = models.CharField(_("product"), max_length=8, choices=Product, default=Product.OTHER)
    state = models.CharField(max_length=8, choices=RegistrationState, default=RegistrationState.ACTIVE)
    issuer = models.CharField(_("platform ID (issuer)"), max_length=IDENTIFIER)
    client_id = models.CharField(_("client ID"), max_length=IDENTIFIER)
    login_url = models.URLField(_("authentication request URL"), max_length=ADDRESS)
    token_url = models.URLField(_("access token URL"), max_length=ADDRESS)
    token_audience = models.CharField(
        max_length=ADDRESS, blank=True, help_text=_("Empty: the access token URL itself.")
    )
    keys_url = models.URLField(_("public keyset URL"), max_length=ADDRESS)
    frame_origins = ArrayField(
        models.CharField(max_length=IDENTIFIER), default=list, help_text=_("Who may show us in a frame.")
    )
    # The platform's keys as we last saw them.
    keys = models.JSONField(default=dict)
    keys_fetched_at = models.DateTimeField(null=True, blank=True)
    keys_tried_at = models.DateTimeField(null=True, blank=True)
    # Health.
    last_launch_at = models.DateTimeField(null=True, blank=True)
    last_grade_at = models.DateTimeField(null=True, blank=True)
    last_roster_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("issuer", "client_id"), name="client_once_per_issuer"),
        )

    def __str__(self) -> str:
        return self.name


class DeploymentState(models.TextChoices):
    NEW = "new", pgettext_lazy("deployment", "New")
    ACCEPTED = "accepted", pgettext_lazy("deployment", "Accepted")
    REFUSED = "refused", pgettext_lazy("deployment", "Refused")


class Deployment(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="an installation of the tool in a platform, not a person")

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="deployments")
    deployment_id = models.CharField(max_length=IDENTIFIER)
    state = models.CharField(max_length=8, choices=DeploymentState, default=DeploymentState.NEW)
    first_seen_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("registration", "deployment_id"), name="deployment_once_per_registration"
            ),
        )

    def __str__(self) -> str:
        return self.deployment_id


class RegistrationLink(models.Model):
    """A one-time link by which a platform registers us (Dynamic Registration), or reads our configuration (Canvas).

    Only the digest of its token is kept.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="a link that is used once; the maker's name goes when the maker goes",
        person="made_by",
        erasure=Erasure.ANONYMISE,
        leave_out=("token_digest",),
        retention=Retention("expires_at", days=30),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    product = models.CharField(max_length=8, choices=Product)
    name = models.CharField(_("name"), max_length=120)
    token_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    registration = models.ForeignKey(Registration, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.name


class SigningKey(models.Model):
    """One RSA key of ours. `private` is encrypted with a key made of SECRET_KEY; `public` is its JWK as published.

    The newest one signs. A replaced one stays published until `retire_at`.
    """

    data_fate: ClassVar[Fate] = Fate(why="the tool's own key, not a person", institution=None)

    kid = models.CharField(primary_key=True, max_length=64)
    private = models.BinaryField()
    public = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    retire_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.kid
