"""`manage.py rotate_lti_key`: a new key signs what we send to learning platforms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lti.keys.own import STAYS
from lti.registering import rotation


class Command(BaseCommand):
    help = "Makes a new key for LTI. The old one stays published for some days, so that nothing breaks."

    def handle(self, *args: Any, **options: Any) -> None:
        key = rotation.rotate(why="command")
        self.stdout.write(f"{key.kid} signs from now on. The old key stays published for {STAYS.days} days.")
