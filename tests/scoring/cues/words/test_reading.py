"""The values: exact on made transcripts, and what they do not depend on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.cues.analysis import analyse
from scoring.cues.bands import Zone, band_of, judge
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import Frames
from scoring.cues.speech import Segment
from scoring.cues.values import Absent, Value
from scoring.cues.words.measures import variety
from scoring.cues.words.reading import VERBAL, read
from scoring.cues.words.transcript import Transcript, Word
from scoring.cues.words.verbal import Verbal

Reads = Callable[..., Verbal]

TEXTS = {
    "en": "I worked in a small shop for two years. We sold bread, and I met people. My boss taught me a lot.",
    "de": "Ich habe ein Jahr im Lokal gedient. Wir haben da gutes Brot verkauft. Mein Chef zeigte mir viel, und gern.",
    "fr": "J'ai servi dans un petit bar. Nous avons vendu du bon pain. Mon chef m'a beaucoup appris, je le sais.",
}
FILLER = {"en": "um", "de": "ähm", "fr": "euh"}
LANGUAGES = sorted(TEXTS)


def values(verbal: Verbal) -> dict[Cue, float | None]:
    return {code: value.value for code, value in verbal.values.items()}


@pytest.mark.parametrize(
    ("language", "sentences", "alone", "together"), [("en", 3, 4, 1), ("de", 3, 3, 1), ("fr", 3, 4, 1)]
)
def test_values_of_a_made_answer(
    language: str, sentences: int, alone: int, together: int, reads: Reads
) -> None:
    found = reads(TEXTS[language], language)
    count = len(TEXTS[language].split())
    got = values(found)
    assert count >= 20
    assert got[Cue.WORDS] == count
    assert got[Cue.WPM] == pytest.approx(60_000 * count / (320 * count - 20))
    assert got[Cue.SENT_LEN] == pytest.approx(count / sentences)
    assert got[Cue.I_WE] == pytest.approx(alone / (alone + together))
    assert [got[code] for code in (Cue.FILLERS, Cue.REPEATS, Cue.RESTARTS, Cue.HEDGES)] == [0, 0, 0, 0]
    assert found.values[Cue.UNIQUE] == Value.none(Absent.TOO_FEW_WORDS)
    assert found.values[Cue.GRAMMAR] == (Value.of(0) if language == "en" else Value.none(Absent.LANGUAGE))


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_a_filler_more_counts_as_exactly_one(language: str, reads: Reads, data: st.DataObject) -> None:
    words = TEXTS[language].split()
    many = data.draw(st.integers(1, 5))
    for _ in range(many):
        words.insert(data.draw(st.integers(0, len(words))), FILLER[language])
    found = values(reads(" ".join(words), language))
    assert found[Cue.FILLERS] == pytest.approx(100 * many / len(words))
    assert found[Cue.WORDS] == len(words)
    assert found[Cue.SENT_LEN] == pytest.approx(len(TEXTS[language].split()) / 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_do_not_depend_on_how_marks_are_spelt(language: str, reads: Reads) -> None:
    text = f"{FILLER[language].capitalize()}, {TEXTS[language]}"
    right = "\N{RIGHT SINGLE QUOTATION MARK}"
    variants = (
        text.replace("'", right),
        text.replace(",", " ,"),
        text.replace(".", " ."),
        text.replace(".", "!"),
        text.replace(",", "…"),
        text.replace(",", " —"),
        f"«{text}»",
        text.upper().replace(FILLER[language].upper(), FILLER[language]),
    )
    # Where a mark is a word of its own it takes time: pace is about the first three.
    expected = values(reads(text, language)) | {Cue.WPM: 0, Cue.GRAMMAR: 0}
    for variant in variants:
        assert values(reads(variant, language)) | {Cue.WPM: 0, Cue.GRAMMAR: 0} == expected, variant


@given(st.integers(0, 10_000_000), st.sampled_from(LANGUAGES))
@settings(max_examples=30, deadline=None)
def test_values_do_not_depend_on_when_it_was_said(
    reads: Reads, made: Callable[..., Transcript], shift: int, language: str
) -> None:
    moved = read(made(TEXTS[language], language, from_ms=shift), question_ended_ms=shift, segments=())
    assert moved == reads(TEXTS[language], language)


PIECES = """um like you know I mean sort of kind the the a was am I we had that very. more? no, 5 % 'm -known … « euh
du coup en fait quoi genre j'ai ähm also halt eben ich die na ja vielleicht he go informations don't"""
WORDS_OF = st.sampled_from(PIECES.split())


@given(
    st.lists(st.tuples(WORDS_OF, st.integers(-50, 3000), st.integers(0, 900), st.floats(0, 1)), max_size=60),
    st.sampled_from(LANGUAGES),
    st.none() | st.integers(0, 30_000),
)
@settings(max_examples=150, deadline=None)
def test_any_transcript_is_read_within_the_ranges(
    said: list[tuple[str, int, int, float]], language: str, asked: int | None
) -> None:
    words, at = [], 0
    for text, gap, length, probability in said:
        at = max(0, at + gap)
        words.append(Word(text, at, at + length, probability))
        at += length
    found = read(Transcript(language, tuple(words), "made"), question_ended_ms=asked, segments=())
    assert set(found.values) == set(VERBAL)
    for code, value in found.values.items():
        spec = CATALOGUE[code]
        if value.value is not None:
            assert spec.low is None or value.value >= spec.low
            assert spec.high is None or value.value <= spec.high
    for mark in (*found.marks, *found.remarks):
        assert 0 <= mark.first <= mark.last < len(words)
    assert list(found.marks) == sorted(found.marks, key=lambda mark: (mark.first, mark.last, mark.code))


def test_too_few_words_no_words_and_other_languages(reads: Reads) -> None:
    for text in ("", "um", "I go um home and that was it"):
        found = reads(text)
        assert set(found.values.values()) == {Value.none(Absent.TOO_FEW_WORDS)}
    assert [mark.first for mark in found.marks] == [2]
    assert set(reads(TEXTS["en"], "nl").values.values()) == {Value.none(Absent.LANGUAGE)}
    assert reads("kurz", "de").values[Cue.GRAMMAR] == Value.none(Absent.LANGUAGE)


def test_only_the_answer_is_read(made: Callable[..., Transcript]) -> None:
    transcript = made(f"Um, um, um. {TEXTS['en']}")
    found = read(transcript, question_ended_ms=3 * 320, segments=())
    assert found.values[Cue.FILLERS] == Value.of(0)
    assert found.values[Cue.WORDS] == Value.of(len(TEXTS["en"].split()))
    assert read(transcript, question_ended_ms=0, segments=()).values[Cue.FILLERS].value == pytest.approx(
        100 * 3 / 25
    )


def test_pace_is_over_the_answers_speech(made: Callable[..., Transcript]) -> None:
    transcript = made(TEXTS["en"], from_ms=5000)
    end = transcript.words[-1].end_ms
    segments = [
        Segment(0, 900),
        Segment(4900, 8000),
        Segment(9000, end + 100),
        Segment(end + 4000, end + 4300),
    ]
    found = read(transcript, question_ended_ms=4000, segments=segments)
    assert found.values[Cue.WPM].value == pytest.approx(60_000 * 22 / (end + 100 - 4900))
    # Voice activity that missed the last words does not make them faster.
    short = read(transcript, question_ended_ms=4000, segments=segments[:2])
    assert short.values[Cue.WPM].value == pytest.approx(60_000 * 22 / (end - 4900))


def test_sentences_without_marks_end_at_pauses(reads: Reads) -> None:
    plain = "i worked in a shop for two years | we sold bread and i met many people | my boss taught me a lot"
    assert values(reads(plain))[Cue.SENT_LEN] == pytest.approx(22 / 3)
    marked = (
        "I worked in a shop | for two years. We sold bread | and I met many people. My boss taught me a lot."
    )
    assert values(reads(marked))[Cue.SENT_LEN] == pytest.approx(22 / 3)


@pytest.mark.parametrize("times", [1, 2, 7])
def test_variety_does_not_fall_with_length(times: int) -> None:
    words = [str(n) for n in range(25)] * 2
    assert variety(words * times) == 0.5


@given(st.lists(st.sampled_from("abcdefgh"), min_size=10, max_size=40))
def test_variety_is_the_mean_over_windows(words: list[str]) -> None:
    shares = [len(set(words[i : i + 10])) / 10 for i in range(len(words) - 9)]
    assert math.isclose(variety(words, 10), float(np.mean(shares)))
    with pytest.raises(ValueError, match="window"):
        variety(words, len(words) + 1)


def test_i_and_we_in_fillers_and_repetitions_do_not_count(reads: Reads) -> None:
    text = (
        "I I, I mean, we sold bread in the US and it was on us, so we all had a good and very long day there."
    )
    assert values(reads(text))[Cue.I_WE] == pytest.approx(1 / 4)


def test_analysis_brings_the_words(made: Callable[..., Transcript]) -> None:
    sound = np.zeros(16000, dtype=np.int16)
    without = analyse(Frames.empty(), sound, question_ended_ms=0, voice_only=True, no_words=Absent.LANGUAGE)
    assert without.verbal is None
    assert {without.values[code] for code in VERBAL} == {Value.none(Absent.LANGUAGE)}
    transcript = made(TEXTS["en"])
    found = analyse(Frames.empty(), sound, question_ended_ms=0, voice_only=True, transcript=transcript)
    assert found.verbal == read(transcript, question_ended_ms=0, segments=found.segments)
    assert {code: found.values[code] for code in VERBAL} == found.verbal.values


def test_bands_are_of_the_language() -> None:
    english, french = band_of(Cue.WPM, "en-GB"), band_of(Cue.WPM, "fr")
    assert english == CATALOGUE[Cue.WPM].band
    assert french is not None
    assert "Grosjean" in french.basis
    assert band_of(Cue.WPM, "de") is band_of(Cue.FILLERS, "de") is band_of(Cue.FILLERS, "fr") is None
    assert band_of(Cue.LATENCY, "de") == CATALOGUE[Cue.LATENCY].band
    value, spec = Value.of(90), CATALOGUE[Cue.WPM]
    assert judge(value, None, spec).zone is Zone.FAR_BELOW
    assert judge(value, None, spec, language="de").zone is Zone.NONE
    assert judge(value, None, spec, english, language="de").zone is Zone.FAR_BELOW
    own = replace(spec, band=french)
    assert judge(value, None, own, language="de").zone is Zone.FAR_BELOW
