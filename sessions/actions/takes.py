"""The takes in the spool: what was streamed of an answer, until its analysis has read it.

Beside a take lies, while it is analysed or its analysis is stopped, the folder of that work.
"""

from __future__ import annotations

import contextlib
import shutil
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
"""A take that could not be analysed is kept for so long, for whoever looks into it; a stopped one too."""
WORK = ".work"
AT_ONCE = 5000
_FOR_A_WHILE = frozenset({ResultState.FAILED.value, ResultState.STOPPED.value})


def path_of(answer: Answer) -> Path:
    """Where the answer's take lies until it has been analysed."""
    return take_path(
        Path(settings.SPOOL_DIR),
        institution=answer.institution_id,
        session=answer.session_id,
        answer=answer.pk,
    )


def work_of(take: Path) -> Path:
    """The folder in which the analysis of this take works."""
    return take.with_suffix(WORK)


def forget(path: Path) -> None:
    """Delete a take with the work on it, and its session's folder when it was the last."""
    path.unlink(missing_ok=True)
    shutil.rmtree(work_of(path), ignore_errors=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()


def clean_orphans(*, now_s: float | None = None) -> int:
    """Delete takes, and work on them, that nobody will read: analysed, skipped, of deleted answers, long failed.

    Returns of how many answers something was deleted.
    """
    now_s = time.time() if now_s is None else now_s
    old = list(islice(_older_than(now_s - YOUNG_S), AT_ONCE))
    wanted = _wanted([key for _, key, _ in old])
    orphans = {take for take, key, at_s in old if not _keep(wanted.get(key), now_s - at_s)}
    for take in orphans:
        forget(take)
    return len(orphans)


def _older_than(time_s: float) -> Iterator[tuple[Path, UUID, float]]:
    """Takes, and those whose work folder alone is left, with the time at which either was last written to."""
    for suffix in (SUFFIX, WORK):
        for path in Path(settings.SPOOL_DIR).glob(f"*/*/*{suffix}"):
            with contextlib.suppress(ValueError, FileNotFoundError):
                take, key = path.with_suffix(SUFFIX), UUID(path.stem)
                at_s = max(_written_s(take), _written_s(work_of(take)))
                if at_s < time_s:
                    yield take, key, at_s


def _written_s(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _wanted(keys: list[UUID]) -> dict[UUID, str]:
    """Why a take is still wanted, by answer: `open`, `waiting`, `stopped` or `failed`."""
    opened = Answer.objects.filter(pk__in=keys, state=AnswerState.OPEN).values_list("pk", flat=True)
    unread = AnswerResult.objects.filter(pk__in=keys).exclude(state=ResultState.READY)
    return {**dict.fromkeys(opened, "open"), **dict(unread.values_list("pk", "state"))}


def _keep(why: str | None, age_s: float) -> bool:
    return why is not None and (why not in _FOR_A_WHILE or age_s < FAILED_KEPT_S)
