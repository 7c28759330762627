"""People and the institutions they practise in.

An *institution* (a school, a training provider) has a policy: which models may run on its students, how long
their data stays and in which region of law it lies. A *user* is one person with one e-mail address and may
belong to several institutions; the *membership* says as what: student, teacher or administrator. Within an
institution a cohort (see `cohorts`) gives a role once more, narrower. A teacher of the institution sees only the
cohorts that they teach.

*Consent* is given per purpose and per version of its wording, and withdrawn at once; the rows are a history and
are never edited. Everything a person owns carries the institution, so that nothing leaks across, and the tables can
be distributed by it.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Retention, Shown


class Region(models.TextChoices):
    EU = "eu", _("European Union")
    UK = "uk", _("United Kingdom")
    US = "us", _("United States")
    OTHER = "other", _("Elsewhere")


class ModelKind(models.TextChoices):
    """Models that an institution's policy may let run. One that is not named does not run at all."""

    PERFORMANCE = "performance", _("Performance index")
    TRANSCRIPT = "transcript", _("Speech to text")
    ENGAGEMENT = "engagement", _("Estimated listener rating: engagement")
    ADVICE = "advice", _("Counterfactual advice")
    HIRABILITY = "hirability", _("Estimated listener rating: hirability")


LISTENER_RATINGS = frozenset({ModelKind.ENGAGEMENT, ModelKind.ADVICE, ModelKind.HIRABILITY})


def default_models() -> list[str]:
    """The default of a new institution: none of the estimated listener ratings (principle 3)."""
    return [kind.value for kind in ModelKind if kind not in LISTENER_RATINGS]


_DAYS = [MinValueValidator(1), MaxValueValidator(3650)]


class Institution(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="an organisation, not a person", institution=None)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    region = models.CharField(_("region"), max_length=8, choices=Region, default=Region.EU)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    models_allowed = ArrayField(
        models.CharField(max_length=16, choices=ModelKind), default=default_models, blank=True
    )
    keep_recordings_days = models.PositiveIntegerField(
        _("days recordings are kept"), default=90, validators=_DAYS
    )
    keep_results_days = models.PositiveIntegerField(_("days results are kept"), default=730, validators=_DAYS)
    keep_people_days = models.PositiveIntegerField(
        _("days former members' records are kept"), default=1095, validators=_DAYS
    )
    simulated = models.BooleanField(
        default=False, help_text=_("Everything in it is simulated; every page says so.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    def runs(self, kind: ModelKind) -> bool:
        return kind.value in self.models_allowed


NO_ADDRESS = "nobody.invalid"
"""The domain in `email` of people who came from a learning platform: they sign in there (RFC 2606)."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    data_fate: ClassVar[Fate] = Fate(
        why="the account itself",
        person="pk",
        institution=None,
        export=True,
        erasure=Erasure.DELETE,
        leave_out=("password",),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    told_email = models.EmailField(
        max_length=254,
        blank=True,
        help_text=_(
            "As a learning platform says; nobody has proved that it is theirs, so it opens no account."
        ),
    )
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        _("operator"), default=False, help_text=_("May use the operator's admin. No role in any institution.")
    )
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where to write to; empty for somebody who came from a platform that told no address."""
        return self.told_email if self.email.endswith(f"@{NO_ADDRESS}") else self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Role(models.TextChoices):
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Teacher")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="who belongs to which institution as what",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        retention=Retention("left_at", "keep_people_days"),
        shown=Shown(_("Your place in institutions"), _("You, your teachers and administrators")),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("institution", "user"), name="one_role_per_institution"),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.institution}"


class Purpose(models.TextChoices):
    """What a student may agree to, one by one (principle 9). Refusing any leaves practice by voice possible."""

    CAMERA = "camera", _("Practise with the camera")
    RECORDING = "recording", _("Keep a recording of my answers")
    SHARE = "share", _("Share what was observed with my teacher")
    REVIEW = "review", _("Let my teacher watch and rate my answers")
    TRAINING = "training", _("Use my rated answers to train my institution's models")


class Consent(models.Model):
    """One act: given, and perhaps withdrawn. The wording of each version is in `accounts.purposes`."""

    data_fate: ClassVar[Fate] = Fate(
        why="proof of what was agreed to and when",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("What you agreed to, and when"), _("You; your teacher sees whether you share")),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "user", "purpose"),
                condition=models.Q(withdrawn_at=None),
                name="one_standing_consent_per_purpose",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"


class AuditEntry(models.Model):
    """Who did something to other people's data: invited, exported, changed the policy."""

    data_fate: ClassVar[Fate] = Fate(
        why="accountability; the actor's name goes when the actor goes",
        person="actor",
        export=True,
        erasure=Erasure.ANONYMISE,
        retention=Retention("at", "keep_people_days"),
        shown=Shown(_("What you did for others: invited, changed, exported"), _("You and administrators")),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    verb = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d %H:%M}"


class RetentionProof(models.Model):
    """What the retention job deleted, by model and institution; counts only."""

    data_fate: ClassVar[Fate] = Fate(why="counts only, kept as proof")

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    model = models.CharField(max_length=80)
    older_than = models.DateTimeField()
    deleted = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.model}: {self.deleted}"
