"""A real worker for trainings in a process of its own, whose training does one small piece after the other.

Started by test_worker.py. Every piece that is done is a file in the work folder and a line in the file that the
environment's PIECES names.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import django

PIECES = 40


def learn(run: Any, plan: Any, watch: Any, work: Any) -> Any:
    from accounts.models import ModelKind
    from scoring.registry.actions import Trained
    from sessions.training.keeping import Learned

    for number in range(PIECES):
        piece = work.path / f"piece.{number}"
        watch.report("comparison", number / PIECES)
        if not piece.exists():
            time.sleep(0.1)
            piece.touch()
            with Path(os.environ["PIECES"]).open("a") as done:
                done.write(f"{number}\n")
    model = Trained(ModelKind.ENGAGEMENT, "engagement-new", "ratings", {}, {}, "# Card", b"weights")
    return Learned((model,), {}, {"against": plan.against}, better=True)


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from sessions.training import learning

    learning.learn = learn
    call_command("procrastinate", "worker", "--queues", "training", "--shutdown-graceful-timeout", "0")
