"""Makes an institution and invites its first administrator. The operator's way in; all else happens in the pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts.actions import create_institution
from accounts.models import Institution, Region, Role
from cohorts.actions import Invitee, invite_by_mail


def default_origin() -> str:
    """The first host that this installation answers to."""
    if settings.DEVELOPMENT:
        return "http://localhost:8000"
    hosts = [host for host in settings.ALLOWED_HOSTS if host.strip("*.")]
    return f"https://{hosts[0]}" if hosts else ""


class Command(BaseCommand):
    help = "Make an institution and invite its first administrator by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument(
            "--origin", required=True, metavar="URL", help="Such as https://greenroom.example.org"
        )
        parser.add_argument("--region", choices=Region.values, default=Region.EU.value)
        parser.add_argument("--language", default="en")
        parser.add_argument("--time-zone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["origin"].startswith(("http://", "https://")):
            raise CommandError("--origin must be the address of this installation, such as https://host.")
        try:
            validate_email(options["admin"])
            self._make(options)
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from problem
        self.stdout.write(f"{options['name']} is there. An invitation to {options['admin']} is on its way.")

    @transaction.atomic
    def _make(self, options: dict[str, Any]) -> None:
        if Institution.objects.filter(name=options["name"]).exists():
            raise CommandError("There is an institution of this name already.")
        institution = create_institution(
            name=options["name"],
            region=Region(options["region"]),
            language=options["language"],
            time_zone=options["time_zone"],
        )
        invite_by_mail(
            institution=institution,
            role=Role.ADMINISTRATOR,
            invitee=Invitee(options["admin"]),
            by=None,
            origin=options["origin"].rstrip("/"),
        )
