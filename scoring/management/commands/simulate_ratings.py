"""`manage.py simulate_ratings --folder F`: rated answers of simulated people in the interchange format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.interchange.errors import InterchangeError
from scoring.interchange.simulated import Plan, write

DEFAULT = Plan()


class Command(BaseCommand):
    help = "Write a folder of simulated people and their ratings; it says of itself that it is simulated."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, required=True, help="new or empty")
        parser.add_argument("--answers", type=int, default=DEFAULT.answers)
        parser.add_argument("--raters", type=int, default=DEFAULT.raters)
        parser.add_argument("--seed", type=int, default=DEFAULT.seed)
        parser.add_argument("--levels", type=int, choices=(2, 5), default=DEFAULT.levels)
        parser.add_argument(
            "--taste", choices=("same", "calm"), default=DEFAULT.taste, help="what the raters like"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        plan = Plan(**{name: options[name] for name in ("answers", "raters", "seed", "levels", "taste")})
        try:
            write(folder, plan)
        except (InterchangeError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{plan.answers} answers of simulated people, rated by {plan.raters}, lie in {folder}."
        )
