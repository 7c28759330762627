"""The takes in the spool: what was streamed of an answer, until its analysis has read it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings

from sessions.live.journal import SUFFIX, take_path
from sessions.models import Answer, AnswerResult, AnswerState, ResultState

YOUNG_S = 3600.0
"""A take that was written to within the last hour is left alone, whatever the database says."""
FAILED_KEPT_S = 14 * 24 * 3600.0
"""A take that could not be analysed is kept for so long, for whoever looks into it."""
AT_ONCE = 5000


def path_of(answer: Answer) -> Path:
    """Where the answer's take lies until it has been analysed."""
    return take_path(
        Path(settings.SPOOL_DIR),
        institution=answer.institution_id,
        session=answer.session_id,
        answer=answer.pk,
    )


def forget(path: Path) -> None:
    """Delete a take, and its session's folder when it was the last."""
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()


def clean_orphans(*, now_s: float | None = None) -> int:
    """Delete takes that nobody will read: analysed, skipped, of deleted answers, long failed. Returns how many."""
    now_s = time.time() if now_s is None else now_s
    old = list(islice(_older_than(now_s - YOUNG_S), AT_ONCE))
    wanted = _wanted([key for _, key, _ in old])
    orphans = [path for path, key, at_s in old if not _keep(wanted.get(key), now_s - at_s)]
    for path in orphans:
        forget(path)
    return len(orphans)


def _older_than(time_s: float) -> Iterator[tuple[Path, UUID, float]]:
    for path in Path(settings.SPOOL_DIR).glob(f"*/*/*{SUFFIX}"):
        with contextlib.suppress(ValueError, FileNotFoundError):
            key, at_s = UUID(path.stem), path.stat().st_mtime
            if at_s < time_s:
                yield path, key, at_s


def _wanted(keys: list[UUID]) -> dict[UUID, str]:
    """Why a take is still wanted, by answer: `open`, `waiting` or `failed`."""
    opened = Answer.objects.filter(pk__in=keys, state=AnswerState.OPEN).values_list("pk", flat=True)
    unread = AnswerResult.objects.filter(pk__in=keys).exclude(state=ResultState.READY)
    return {**dict.fromkeys(opened, "open"), **dict(unread.values_list("pk", "state"))}


def _keep(why: str | None, age_s: float) -> bool:
    return why is not None and (why != ResultState.FAILED or age_s < FAILED_KEPT_S)
