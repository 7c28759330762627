"""`manage.py simulate_rated_answers`: rated answers of simulated people in a simulated institution."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import ActionRefused
from accounts.models import Institution
from scoring.interchange.simulated import Plan
from sessions.training.simulated import simulate_rated_answers

TASTE = "calm: these teachers like calm people, which the shipped model has not learnt"


class Command(BaseCommand):
    help = "Adds answers of simulated people, rated by simulated teachers, to a simulated institution."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", required=True, help="its name")
        parser.add_argument("--answers", type=int, default=300)
        parser.add_argument("--raters", type=int, default=3)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--taste", choices=("same", "calm"), default="same", help=TASTE)

    def handle(self, *args: Any, **options: Any) -> None:
        named = list(Institution.objects.filter(name=options["institution"])[:2])
        if len(named) != 1:
            raise CommandError(f"There are {len(named) or 'no'} institutions of that name.")
        plan = Plan(**{name: options[name] for name in ("answers", "raters", "seed", "taste")})
        try:
            people = simulate_rated_answers(institution=named[0], plan=plan)
        except (ActionRefused, ValueError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{plan.answers} answers of {people} simulated people, rated by {plan.raters}.")
