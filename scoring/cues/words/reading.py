"""Reads a transcript: every verbal cue of one answer, and where in the transcript it shows.

- Words are counted as they are written, between spaces: "I'm", "j'ai", a compound and a number are one word each;
  fillers are words too.
- Words that the recogniser was unsure of count as words, but are not marked: see `fillers.SURE`, `grammar.SURE`.
- FILLERS, REPEATS, RESTARTS, HEDGES and GRAMMAR are marks per 100 words; "you know" is one mark.
- Only words of the answer count: those that end after the question has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.speech import Segment
from scoring.cues.values import Absent, Value
from scoring.cues.words import grammar, measures
from scoring.cues.words.fillers import Finder, filled_pauses, filler_marks, hedge_marks
from scoring.cues.words.languages import language_of
from scoring.cues.words.languages.language import Language
from scoring.cues.words.repeats import repeat_marks
from scoring.cues.words.restarts import restart_marks
from scoring.cues.words.tokens import Break, Token, tokens
from scoring.cues.words.transcript import Transcript
from scoring.cues.words.verbal import Remark, Verbal, WordMark

VERBAL: tuple[Cue, ...] = tuple(code for code, spec in CATALOGUE.items() if spec.group == "words")

GRAMMAR_LANGUAGES = ("en",)


def read(transcript: Transcript, *, question_ended_ms: float | None, segments: Sequence[Segment]) -> Verbal:
    """All verbal cues of an answer.

    Args:
        transcript: what was said, times in ms of stream time.
        question_ended_ms: words that end before are not the answer's; None: all are.
        segments: the stream's speech segments, which give the answer's time more exactly than word times.

    In a language that is not supported everything is absent, in an answer of less than 20 words too; marks and remarks
    are made of any answer.
    """
    language = language_of(transcript.language)
    if language is None:
        return Verbal(none(Absent.LANGUAGE), (), ())
    said = _answer(tokens(transcript, language.writing), question_ended_ms)
    if not said:
        return Verbal(none(Absent.TOO_FEW_WORDS), (), ())
    return _Reading(said, language).verbal([s for s in segments if s.end_ms > (question_ended_ms or 0.0)])


def none(why: Absent) -> dict[Cue, Value]:
    """Every verbal cue, absent for one reason."""
    return dict.fromkeys(VERBAL, Value.none(why))


def _answer(said: Sequence[Token], question_ended_ms: float | None) -> list[Token]:
    kept = [token for token in said if question_ended_ms is None or token.end_ms > question_ended_ms]
    if kept:
        kept[0] = replace(kept[0], before=Break.SENTENCE, opens_word=True)
    return kept


class _Reading:
    """One answer's tokens and what was found in them."""

    def __init__(self, said: Sequence[Token], language: Language) -> None:
        self.said = said
        self.language = language
        self.pauses = filled_pauses(said, language)
        finder = Finder(said, self.pauses)
        self.fillers = filler_marks(finder, language)
        self.filled = self._places(self.fillers)
        self.repeats, self.copies = repeat_marks(said, self.filled, language)
        self.restarts = restart_marks(said, self.filled, self.repeats, language)
        self.hedges = hedge_marks(finder, language, self.fillers)
        alone, together = measures.first_person(finder, language, self.filled | self.copies)
        self.alone, self.together = alone, together

    def verbal(self, segments: Sequence[Segment]) -> Verbal:
        remarks = self._remarks()
        marks = [*self.fillers, *self.repeats, *self.restarts, *self.hedges]
        count = sum(token.opens_word for token in self.said)
        return Verbal(
            self._values(count, segments, remarks),
            tuple(sorted(marks, key=lambda mark: (mark.first, mark.last, mark.code))),
            tuple(remarks or ()),
        )

    def _places(self, marks: Sequence[WordMark]) -> frozenset[int]:
        words = {place for mark in marks for place in range(mark.first, mark.last + 1)}
        return frozenset(i for i, token in enumerate(self.said) if token.first in words)

    def _remarks(self) -> list[Remark] | None:
        if self.language.code not in GRAMMAR_LANGUAGES:
            return None
        return grammar.remarks(self.said, self.filled | self.copies, self._places(self.restarts))

    def _values(
        self, count: int, segments: Sequence[Segment], remarks: list[Remark] | None
    ) -> dict[Cue, Value]:
        if count < CATALOGUE[Cue.WORDS].minimum_signal.amount:
            few = none(Absent.TOO_FEW_WORDS)
            return few if remarks is not None else few | {Cue.GRAMMAR: Value.none(Absent.LANGUAGE)}
        marks = {
            Cue.FILLERS: self.fillers,
            Cue.REPEATS: self.repeats,
            Cue.RESTARTS: self.restarts,
            Cue.HEDGES: self.hedges,
        }
        values = {code: Value.of(_per_100(len(found), count)) for code, found in marks.items()}
        values[Cue.GRAMMAR] = _grammar(remarks, count)
        values[Cue.WORDS] = Value.of(count)
        values[Cue.WPM] = self._pace(count, segments)
        values[Cue.SENT_LEN] = self._sentence_length()
        values[Cue.UNIQUE] = self._variety()
        values[Cue.I_WE] = self._person()
        return values

    def _pace(self, count: int, segments: Sequence[Segment]) -> Value:
        length_ms = measures.speaking_ms(self.said, segments)
        # 20 words in no time: word times that cannot be.
        return (
            Value.of(60_000 * count / length_ms)
            if length_ms >= 1000
            else Value.none(Absent.TOO_LITTLE_SPEECH)
        )

    def _sentence_length(self) -> Value:
        lengths = measures.sentence_lengths(self.said, self.pauses)
        return Value.of(sum(lengths) / len(lengths)) if lengths else Value.none(Absent.TOO_FEW_WORDS)

    def _variety(self) -> Value:
        texts = [token.text for i, token in enumerate(self.said) if i not in self.pauses]
        enough = len(texts) >= CATALOGUE[Cue.UNIQUE].minimum_signal.amount
        return Value.of(measures.variety(texts)) if enough else Value.none(Absent.TOO_FEW_WORDS)

    def _person(self) -> Value:
        total = self.alone + self.together
        enough = total >= CATALOGUE[Cue.I_WE].minimum_signal.amount
        return Value.of(self.alone / total) if enough else Value.none(Absent.TOO_FEW_WORDS)


def _per_100(found: int, count: int) -> float:
    return 100 * found / count


def _grammar(remarks: list[Remark] | None, count: int) -> Value:
    return Value.none(Absent.LANGUAGE) if remarks is None else Value.of(_per_100(len(remarks), count))
