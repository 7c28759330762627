"""`manage.py train_counterfactual --data FOLDER`: the advice generator for an engagement model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from scoring.management.training import TrainingCommand


class Command(TrainingCommand):
    help = "Train an advice generator against an engagement model, judge it on people held out, write it."
    made = "advice"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--engagement", type=Path, help="a model's folder; default: the one that comes along"
        )
        parser.add_argument(
            "--steps", type=int, help="of the training; default: enough for some hundred answers"
        )

    def handle(
        self,
        *args: Any,
        data: Path,
        out: Path | None = None,
        engagement: Path | None = None,
        steps: int | None = None,
        seed: int = 0,
        resume: bool = False,
        **options: Any,
    ) -> None:
        from scoring.engagement.network import default, load
        from scoring.interchange.reading import read
        from scoring.training.counterfactual import SETTINGS, train_on

        out = self.out(data, out)
        settings = replace(SETTINGS, steps=steps or SETTINGS.steps)
        with self.training(out, resume=resume) as keep:
            classifier = default() if engagement is None else load(engagement)
            trial = train_on(
                read(data), classifier, out, seed=seed, settings=settings, keep=keep, watch=self.progress()
            )
        found = trial.figures
        self.stdout.write(f"\nOn {found.seconds} low seconds of {trial.held_out} people held out:")
        self.stdout.write(
            f"the verdict turns in {found.valid:.3f}, with two changes in {found.valid_shown:.3f};"
        )
        self.stdout.write(f"{found.changed:.0f} features change (median), {found.way:.2f} spreads (mean);")
        self.stdout.write(f"distance to real high seconds {found.plausibility:.2f} of theirs.")
        self.stdout.write(f"{trial.version} explains {trial.classifier}. It lies in {out}, with its card.")
