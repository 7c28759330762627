"""`manage.py serve`: the whole of Greenroom on this machine, as `./dev run` starts it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from greenroom import supervisor


class Command(BaseCommand):
    help = "Run database (unless DATABASE_URL is set), web process and worker until Ctrl+C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        supervisor.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(supervisor.serve(supervisor.options_from(argparse.Namespace(**options))))
