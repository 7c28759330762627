"""`manage.py load_scenarios`: the shipped scenarios into the database. Run at every start; changes nothing twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sessions.content.actions import store_scenario
from sessions.content.read import read_all


class Command(BaseCommand):
    help = "Loads the scenarios that Greenroom ships, or brings them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        scenarios = [store_scenario(content=content) for content in read_all()]
        self.stdout.write(f"{len(scenarios)} scenarios are there.")
