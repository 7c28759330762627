"""Deletes what is older than the institutions' policies allow. The worker does the same every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import data


class Command(BaseCommand):
    help = "Delete data that is older than each institution's policy allows, and leave proof."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="Rows per transaction (default 500).")

    def handle(self, *args: Any, **options: Any) -> None:
        totals = data.apply_retention(batch=max(1, options["batch"]))
        for label, count in sorted(totals.items()):
            if count or options["verbosity"] > 1:
                self.stdout.write(f"{label}: {count}")
        self.stdout.write(f"Deleted {sum(totals.values())} rows.")
