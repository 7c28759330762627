#!/usr/bin/env python3
"""Django's command line for Greenroom, runnable from a checkout before anything is installed as a package."""

import os
import sys
from pathlib import Path

# Index 1, behind this folder itself: `platform/` holds packages and must never be imported as one,
# or it would hide the standard library's module of that name.
sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenroom.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
