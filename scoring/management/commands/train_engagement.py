"""`manage.py train_engagement --data FOLDER`: a new engagement model from rated answers, against the one in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

from scoring.management.training import TrainingCommand

if TYPE_CHECKING:
    from scoring.training.engagement import Trial

COLUMNS = ("accuracy", "f1", "auroc", "ece", "brier")


class Command(TrainingCommand):
    help = "Train an engagement model, judge it on people held out against another, write it with its card."
    made = "engagement"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--folds", type=int, default=5, help="of the people, for the comparison")
        parser.add_argument(
            "--against", type=Path, help="a model's folder; default: the one that comes along"
        )

    def handle(
        self,
        *args: Any,
        data: Path,
        out: Path | None = None,
        against: Path | None = None,
        folds: int = 5,
        seed: int = 0,
        resume: bool = False,
        **options: Any,
    ) -> None:
        from scoring.engagement.network import default, load
        from scoring.interchange.reading import read
        from scoring.training.engagement import train_on

        if folds < 2:
            raise CommandError("--folds: at least two are needed.")
        out = self.out(data, out)
        with self.training(out, resume=resume) as keep:
            incumbent = default() if against is None else load(against)
            trial = train_on(
                read(data), incumbent, out, folds=folds, seed=seed, keep=keep, watch=self.progress()
            )
        self._say(trial, out)

    def _say(self, trial: Trial, out: Path) -> None:
        self.stdout.write(f"\n{'on people held out':<24}" + "".join(f"{name:>10}" for name in COLUMNS))
        for name, figures in ((trial.version, trial.new), (trial.against, trial.incumbent)):
            self.stdout.write(
                f"{name:<24}" + "".join(f"{getattr(figures, column):10.3f}" for column in COLUMNS)
            )
        between = f"{trial.difference.low:+.3f} to {trial.difference.high:+.3f}"
        self.stdout.write(f"AUROC differs by {trial.difference.value:+.3f} ({between})")
        if trial.ceiling.one_against_rest is not None:
            self.stdout.write(f"One rater agrees with the rest by r = {trial.ceiling.one_against_rest:.2f}")
        verdict = "is better than" if trial.better else "is not shown to be better than"
        self.stdout.write(f"{trial.version} {verdict} {trial.against}. It lies in {out}, with its card.")
