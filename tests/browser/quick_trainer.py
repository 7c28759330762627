"""A worker for trainings as the supervisor starts it, but that trains the advice for seconds instead of minutes."""

from __future__ import annotations

import django

STEPS = 200

if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from scoring.counterfactuals.training import Settings
    from sessions.training import learning

    learning.ADVICE_SETTINGS = Settings(steps=STEPS)
    call_command("procrastinate", "worker", "--queues", "training", "--shutdown-graceful-timeout", "0")
