"""The institution's rated answers in the interchange format (docs/interchange.md), one answer at a time.

People, raters, interviews and answers get random pseudonyms that are made for this one export and kept nowhere. There
are no names, no words and no recordings in it: what is exported of an answer are its features and what people said of
it as a level. What a learner left out in their profile is absent in their features.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from accounts.data.pipe import Pipe
from accounts.models import Institution
from scoring.engagement.features import seconds_of
from scoring.interchange import layout
from scoring.interchange.layout import Moments
from scoring.interchange.moments import path_of
from scoring.interchange.writing import Writer
from scoring.performance.index import Profile
from scoring.queries import profiles_of
from sessions.models import LEVELS, Answer, Rating, RatingKind
from sessions.tracks import track_of
from sessions.training.material import MOST_ANSWERS, answers_of

AT_ONCE = 100
"""Rows that are read together."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that is there now, and its person, each with the pseudonym."""

    answer: UUID
    name: str
    user: UUID
    person: str


class Pseudonyms:
    """Names without meaning: the same for the same thing within one export, others in the next."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, kind: str, key: object) -> str:
        return hmac.new(self._key, f"{kind} {key}".encode(), hashlib.sha256).hexdigest()[:20]


def zip_of(institution: Institution) -> Iterator[bytes]:
    """The folder as a ZIP, block by block. Memory and disk hold one answer's features at a time, and the tables."""
    pipe = Pipe()
    with TemporaryDirectory(prefix="greenroom-export-") as name:
        folder = Path(name)
        # The features are compressed already.
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
            for answer in write(institution, folder, answer_ids(institution)):
                yield _moved(archive, pipe, folder, path_of(folder, answer.name))
            for path in sorted(folder.iterdir()):
                if path.is_file():
                    yield _moved(archive, pipe, folder, path)
    yield pipe.taken()


def _moved(archive: zipfile.ZipFile, pipe: Pipe, folder: Path, path: Path) -> bytes:
    archive.write(path, path.relative_to(folder))
    path.unlink()
    return pipe.taken()


def answer_ids(institution: Institution) -> list[UUID]:
    """The answers that an export holds now, by session: the newest `MOST_ANSWERS`."""
    newest = answers_of(institution).order_by("-asked_at", "pk")[:MOST_ANSWERS]
    rows = Answer.objects.filter(pk__in=newest.values("pk"))
    return list(rows.order_by("session_id", "position").values_list("pk", flat=True))


def write(institution: Institution, folder: Path, wanted: Sequence[UUID]) -> Iterator[Written]:
    """Write these answers into an empty or missing folder; gives each once its features are there.

    An answer that no longer may be used, or whose track cannot be read, is left out.
    """
    about = layout.About(f"Greenroom, {timezone.now():%Y-%m-%d}", simulated=institution.simulated)
    with Writer(folder, about) as writer:
        into = _Into(writer)
        for start in range(0, len(wanted), AT_ONCE):
            answers = _read(institution, wanted[start : start + AT_ONCE])
            people = {answer.session.user_id for answer in answers}
            profiles = profiles_of(user_ids=people, institution_id=institution.pk)
            for answer in answers:
                if (moments := _moments(answer, profiles[answer.session.user_id])) is not None:
                    yield into.put(answer, moments)


def _read(institution: Institution, keys: Sequence[UUID]) -> list[Answer]:
    said = Rating.objects.filter(engagement__isnull=False).order_by("pk")
    rows = answers_of(institution).filter(pk__in=keys)
    rows = rows.select_related("session__scenario", "question", "result")
    rows = rows.prefetch_related(Prefetch("ratings", queryset=said, to_attr="said"))
    return list(rows.order_by("session_id", "position"))


def _moments(answer: Answer, profile: Profile) -> Moments | None:
    """The features of the seconds after the question; None where the track is gone or holds no whole second."""
    track = track_of(answer.result)
    if track is None:
        return None
    found = seconds_of(track, question_ended_ms=answer.question_ended_ms, off=profile.off)
    return Moments(found.t_s, found.features) if len(found.features) else None


class _Into:
    """Rows of the tables, with pseudonyms; an interview comes before the first of its answers."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._names = writer, Pseudonyms()
        self._interview = ""

    def put(self, answer: Answer, moments: Moments) -> Written:
        person = self._names.of("person", answer.session.user_id)
        interview = self._begun(answer, person)
        name = self._names.of("answer", answer.pk)
        row = layout.Answer(
            answer=name,
            interview=interview,
            position=answer.position + 1,
            seconds=answer.stream_ms / 1000,
            question=answer.question.key,
        )
        self._writer.answer(row, moments)
        for rating in answer.said:  # type: ignore[attr-defined]
            self._writer.rating(self._rating(rating, name, person))
        return Written(answer.pk, name, answer.session.user_id, person)

    def _begun(self, answer: Answer, person: str) -> str:
        name = self._names.of("interview", answer.session_id)
        if name != self._interview:
            scenario = answer.session.scenario
            row = layout.Interview(name, person, scenario=scenario.slug, language=scenario.language)
            self._writer.interview(row)
            self._interview = name
        return name

    def _rating(self, rating: Rating, answer: str, person: str) -> layout.Rating:
        own = rating.kind == RatingKind.SELF
        # Whoever has deleted their account is nobody any more, and not the same nobody for every answer.
        rater = self._names.of("rater", rating.rater_id or rating.pk)
        return layout.Rating(
            answer=answer,
            rater=person if own else rater,
            engagement=rating.engagement or 0,
            levels=LEVELS,
            kind="self" if own else "teacher",
        )
