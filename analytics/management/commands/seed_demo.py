"""`manage.py seed_demo [--fresh]`: the demo institution with its simulated history. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.demo.seed import seed


class Command(BaseCommand):
    help = "Make the simulated demo institution, unless it is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="delete the demo and build it anew")

    def handle(self, *args: Any, fresh: bool = False, verbosity: int = 1, **options: Any) -> None:
        made = seed(fresh=fresh)
        if verbosity:
            said = "made" if made.created else "is there already"
            self.stdout.write(f"{made.institution.name} {said}: {made.sessions} simulated sessions")
