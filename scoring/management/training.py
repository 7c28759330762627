"""What the two training commands share: folders, progress on the terminal, and errors in words. No database."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.interchange.errors import InterchangeError

SAY_EVERY_S = 5.0


class TrainingCommand(BaseCommand):
    """`made` names what comes out, for the folder that is taken where no other is named."""

    requires_system_checks = ()
    made = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="a folder as in docs/interchange.md")
        parser.add_argument(
            "--out", type=Path, help=f"for the model; default: DATA with -{self.made} appended"
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--resume", action="store_true", help="go on with a training that was killed")

    def out(self, data: Path, out: Path | None) -> Path:
        return out or data.resolve().with_name(f"{data.resolve().name}-{self.made}")

    @contextmanager
    def training(self, out: Path, *, resume: bool) -> Iterator[Path]:
        """A folder for checkpoints, gone once all went well; what is wrong with the data becomes a CommandError."""
        from scoring.engagement.network import ModelFileError
        from scoring.training.material import TooLittle

        keep = out / "checkpoints"
        if keep.exists() and not resume:
            shutil.rmtree(keep)
        try:
            keep.mkdir(parents=True, exist_ok=True)
            yield keep
        except (InterchangeError, TooLittle, ModelFileError, OSError) as error:
            raise CommandError(str(error)) from error
        shutil.rmtree(keep)

    def progress(self) -> Progress:
        return Progress(self)


class Progress:
    """Says each new stage, and how far it is every few seconds."""

    def __init__(self, command: BaseCommand) -> None:
        self._command, self._stage, self._said = command, "", 0.0

    def __call__(self, done: int, of: int, stage: str) -> None:
        now = time.monotonic()
        if stage != self._stage or now - self._said > SAY_EVERY_S:
            self._stage, self._said = stage, now
            self._command.stdout.write(f"{100 * done // of:3d} % {stage}")
