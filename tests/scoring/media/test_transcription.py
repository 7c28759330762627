"""Speech to text: pieces, word times and what is dropped by rules; and the real model on speech with known words."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from greenroom import models_store
from scoring.cues.speech import RATE, Segment, SpeechReader
from scoring.cues.words.languages import language_of
from scoring.cues.words.transcript import Word
from scoring.media import transcription
from scoring.media.errors import MediaError
from scoring.media.transcription import LEAST_MS, LONGEST_MS, PAD_MS, Recogniser, pieces, tidy

Sound = NDArray[np.int16]
Say = Callable[..., Sound]

SENTENCES = (
    "I worked in a hospital for three years before I moved to the city.",
    "The team was small and every person had to learn new things quickly.",
    "We had a difficult project with a very short deadline in the summer.",
)


@pytest.fixture(scope="module")
def say(tmp_path_factory: pytest.TempPathFactory) -> Say:
    """`say(text, voice, rate)`: espeak-ng's speech, without the silence around it."""
    folder = tmp_path_factory.mktemp("said")

    def speak(text: str, voice: str = "en-us", rate: int = 150) -> Sound:
        file = folder / "said.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(rate), "-w", str(file), text], check=True)
        with wave.open(str(file)) as opened:
            raw = np.frombuffer(opened.readframes(opened.getnframes()), dtype=np.int16)
            rate_found = opened.getframerate()
        times = np.arange(0, len(raw) / rate_found, 1 / RATE)
        sound = np.interp(times, np.arange(len(raw)) / rate_found, raw)
        loud = np.flatnonzero(np.abs(sound) > 300)
        return np.rint(sound[loud[0] : loud[-1]] * 0.5).astype(np.int16)

    return speak


def quiet(seconds: float) -> Sound:
    """A quiet room."""
    return np.rint(np.random.default_rng(3).normal(0, 12, round(seconds * RATE))).astype(np.int16)


def joined(*parts: Sound | float) -> Sound:
    """Sounds, and between them so many seconds of a quiet room."""
    return np.concatenate([quiet(part) if isinstance(part, float) else part for part in parts])


# --- pieces -------------------------------------------------------------------------------------------


def speech_of(sound: Sound) -> list[Segment]:
    reader = SpeechReader()
    reader.push(sound)
    return reader.segments


def test_all_speech_lies_in_pieces_that_whisper_can_hear_at_once(say: Say) -> None:
    said = say(SENTENCES[0])
    sound = joined(0.5, *[part for k in range(25) for part in (said, 0.3 + 0.05 * (k % 7))])
    found = pieces(sound)
    assert len(found) >= 4
    assert all(0 <= start < end <= start + LONGEST_MS for start, end in found)
    # Only the padding of two neighbours, which is silence, may lie in both.
    assert all(b[0] >= a[1] - 2 * PAD_MS for a, b in pairwise(found))
    for segment in speech_of(sound):
        assert any(start <= segment.start_ms and segment.end_ms <= end for start, end in found)


def test_a_piece_ends_in_the_longest_pause(say: Say) -> None:
    said = say(SENTENCES[0])
    five = [part for _ in range(5) for part in (said, 0.3)]
    sound = joined(0.5, *five, 1.2, *five)
    pause_at = 500 + 1000 * len(joined(*five)) / RATE
    (_, first_end), (second_start, _) = pieces(sound)
    assert pause_at - 500 < first_end < pause_at + 1400
    assert second_start > first_end


def test_long_silence_is_in_no_piece(say: Say) -> None:
    said = say(SENTENCES[0])
    found = pieces(joined(1.0, said, 7.0, said, 1.0))
    assert len(found) == 2
    assert found[1][0] - found[0][1] > 6000


def test_who_never_pauses_is_cut_all_the_same(say: Say) -> None:
    said = joined(0.5, *[say(" ".join(SENTENCES).replace(".", ""), rate=170) for _ in range(5)], 0.5)
    longest = max(segment.end_ms - segment.start_ms for segment in speech_of(said))
    assert longest > LONGEST_MS, "the made speech has to be without a pause"
    found = pieces(said)
    assert all(end - start <= LONGEST_MS for start, end in found)
    assert all(b[0] <= a[1] for a, b in pairwise(found)), "nothing is left out"


@pytest.mark.parametrize("sound", [quiet(40), np.zeros(0, np.int16), np.zeros(40 * RATE, np.int16)])
def test_where_nobody_speaks_there_is_no_piece(sound: Sound) -> None:
    assert pieces(sound) == []


# --- word times ---------------------------------------------------------------------------------------

moments = st.integers(0, 9_000)
made_words = st.lists(
    st.builds(lambda at, long: Word("w", at, at + long, 0.9), moments, st.integers(0, 2_000)), max_size=12
)
made_speech = st.lists(st.tuples(moments, st.integers(20, 3_000)), max_size=4).map(
    lambda spans: [Segment(at, at + long) for at, long in sorted(spans)]
)


@given(made_words, made_speech)
def test_words_are_in_order_inside_the_piece_and_on_the_voice(
    words: list[Word], spoken: list[Segment]
) -> None:
    found = tidy(words, spoken, 1_000, 8_000)
    assert [w.start_ms for w in found] == sorted(w.start_ms for w in found)
    assert [w.end_ms for w in found] == sorted(w.end_ms for w in found)
    assert all(1_000 <= w.start_ms <= w.end_ms - LEAST_MS and w.end_ms <= 8_000 for w in found)
    assert len(found) <= len(words)
    if not spoken:
        assert found == ()


def test_a_word_is_cut_to_the_voice_and_dropped_in_silence() -> None:
    spoken = [Segment(1_000, 2_000), Segment(5_000, 6_000)]
    heard = [Word("one", 200, 1_400, 1), Word("two", 1_400, 3_900, 1), Word("ghost", 3_000, 4_000, 1)]
    found = tidy([*heard, Word("three", 4_600, 5_400, 1)], spoken, 0, 9_000)
    assert [(w.text, w.start_ms, w.end_ms) for w in found] == [
        ("one", 1_000, 1_400),
        ("two", 1_400, 2_000),
        ("three", 5_000, 5_400),
    ]


def test_a_drawn_out_word_lasts_as_long_as_the_voice() -> None:
    spoken = [Segment(1_000, 2_000), Segment(3_000, 5_000)]
    heard = [Word("um", 1_250, 1_700, 1), Word("so", 3_700, 3_900, 1), Word("yes", 3_950, 4_200, 1)]
    # Too far from the ends to be drawn out that far: rather a word that was not heard.
    times = [(w.start_ms, w.end_ms) for w in tidy(heard, spoken, 0, 9_000)]
    assert times == [(1_000, 2_000), (3_700, 3_900), (3_950, 4_200)]


def decoded(*words: tuple[str, float, float], **more: float) -> Any:
    facts = {"compression_ratio": 1.0, "no_speech_prob": 0.0, "avg_logprob": -0.2} | more
    heard = [SimpleNamespace(word=w, start=s, end=e, probability=0.5) for w, s, e in words]
    return SimpleNamespace(words=heard, **facts)


@pytest.fixture
def hears(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """`hears(answers)`: the model gives these, one at each call; returns what it was asked. All sound is speech.

    Only with `again` is what has no words listened to once more.
    """

    def stand_in(*answers: list[Any], again: bool = False) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []
        left = list(answers)

        def decode(self: Recogniser, sound: Any, language: str, **more: Any) -> list[Any]:
            asked.append(more)
            return left.pop(0)

        monkeypatch.setattr(Recogniser, "_decode", decode)
        monkeypatch.setattr(transcription, "_speech_around", lambda *_: [Segment(0, 60_000)])
        monkeypatch.setattr(transcription, "_voice", lambda sound: np.ones(len(sound) // 512))
        if not again:
            monkeypatch.setattr(transcription, "_missed", lambda *_: [])
        return asked

    return stand_in


def heard_as(language: str = "en") -> list[str]:
    words = Recogniser(Path("nowhere")).piece(np.ones(5 * RATE, np.int16), 0, 5_000, language)
    return [word.text for word in words]


def test_words_are_what_stands_between_spaces(hears: Callable[..., Any]) -> None:
    hears(
        [decoded((" j", 0, 0.2), ("'ai", 0.2, 0.4), (" dit", 0.5, 0.7), (" -", 0.7, 0.8), (" «oui».", 1, 2))]
    )
    assert heard_as("fr") == ["j'ai", "dit", "«oui»."]


def test_a_loop_is_heard_again_without_repetition(hears: Callable[..., Any]) -> None:
    asked = hears([decoded((" again", 0, 1), compression_ratio=5.0)], [decoded((" once", 0, 1))])
    assert heard_as() == ["once"]
    assert asked == [{}, {"no_repeat_ngram_size": transcription.NO_REPEAT}]


def test_what_whisper_takes_for_no_speech_is_dropped(hears: Callable[..., Any]) -> None:
    nothing = decoded((" Thanks", 0, 1), no_speech_prob=0.9, avg_logprob=-1.3)
    hears([nothing, decoded((" yes", 1, 2), no_speech_prob=0.9)])
    assert heard_as() == ["yes"]


def test_a_voice_without_words_is_listened_to_once_more(hears: Callable[..., Any]) -> None:
    """From 1 s to 4 s: the words that are found come in their place, what is unsure does not come."""
    first = decoded((" one", 0, 1), (" five", 4, 5))
    unsure = decoded((" ghost", 2, 2.5), avg_logprob=-1.5)
    asked = hears([first], [decoded((" two", 0, 0.5), (" three", 0.5, 1)), unsure], again=True)
    words = Recogniser(Path("nowhere")).piece(np.ones(5 * RATE, np.int16), 0, 5_000, "en")
    assert len(asked) == 2
    assert [(word.text, word.start_ms) for word in words][:4] == [
        ("one", 0),
        ("two", 1_000),
        ("three", 1_500),
        ("five", 4_000),
    ]


def test_a_guess_after_the_last_sentence_is_dropped(hears: Callable[..., Any]) -> None:
    def ends_with(probability: float, before: str = " done.") -> Any:
        ending = decoded((before, 0, 1), (" Thank", 1, 2))
        ending.words[1].probability = probability
        return [ending]

    hears(ends_with(0.05), ends_with(0.2), ends_with(0.05, before=" done"))
    assert heard_as() == ["done."]
    assert heard_as() == ["done.", "Thank"]
    assert heard_as() == ["done", "Thank"]


# --- the model ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(models_store.verify("words"))


def transcribed(recogniser: Recogniser, sound: Sound, language: str) -> list[Word]:
    return [word for start, end in pieces(sound) for word in recogniser.piece(sound, start, end, language)]


def plain(words: list[Word]) -> list[str]:
    return [re.sub(r"[^\w']", "", word.text.lower()) for word in words]


def test_english_with_fillers(recogniser: Recogniser, say: Say) -> None:
    """Words, fillers and their times. The pauses are known to the sample."""
    um, uh = say("um", rate=110), say("uh", rate=110)
    parts = [1.0, say(SENTENCES[0]), 0.6, um, 0.5, say(SENTENCES[1]), 3.0, uh, 0.5, say(SENTENCES[2]), 1.0]
    found = transcribed(recogniser, joined(*parts), "en")
    truth = [*_said(SENTENCES[0]), "um", *_said(SENTENCES[1]), "uh", *_said(SENTENCES[2])]
    said = plain(found)
    assert len(said) == pytest.approx(len(truth), rel=0.03)
    wrong = sum(a != b for a, b in zip(said, truth, strict=False))
    assert wrong <= 2, said
    starts = np.cumsum([0] + [len(joined(part)) for part in parts])[:-1] * 1000 / RATE
    assert found[0].start_ms == pytest.approx(starts[1], abs=60)
    for k, filler in ((3, "um"), (7, "uh")):
        (word,) = (one for one in found if one.text.lower().startswith(filler))
        assert word.start_ms == pytest.approx(starts[k], abs=60)
        assert word.end_ms == pytest.approx(starts[k + 1], abs=120)
    assert all(0 < word.probability <= 1 for word in found)


def _said(text: str) -> list[str]:
    return re.sub(r"[.]", "", text.lower()).split()


@pytest.mark.parametrize(
    ("language", "voice", "filler", "text", "known"),
    [
        ("de", "de", "ähm", "Ich habe viel gelernt und der Kunde war zufrieden.", "zufrieden"),
        ("fr", "fr", "euh", "Le client était très content de notre travail.", "client"),
    ],
)
def test_german_and_french_keep_their_fillers(
    recogniser: Recogniser, say: Say, language: str, voice: str, filler: str, text: str, known: str
) -> None:
    sound = joined(0.8, say(text, voice), 0.5, say(filler, voice, 110), 0.5, say(text, voice), 0.8)
    words = plain(transcribed(recogniser, sound, language))
    spoken = language_of(language)
    assert spoken is not None
    assert sum(bool(spoken.filled_pauses.fullmatch(word)) for word in words) == 1, words
    assert words.count(known) >= 1, words


def test_a_sentence_after_a_long_pause_is_not_lost(recogniser: Recogniser, say: Say) -> None:
    """Whisper takes the end of a sentence before a long pause for the end of everything."""
    first = (
        "I am looking for a team where I can learn from experienced people. "
        "My greatest strength is that I stay calm when things go wrong."
    )
    last = "Thank you for the question, that is all I wanted to say."
    sound = joined(0.5, say(first), 3.0, say(last), 0.5)
    assert len(pieces(sound)) == 1
    said = plain(transcribed(recogniser, sound, "en"))
    assert said[-4:] == ["i", "wanted", "to", "say"], said


def test_the_same_sound_gives_the_same_words(recogniser: Recogniser, say: Say) -> None:
    sound = joined(0.5, say(SENTENCES[1]), 0.5)
    first = transcribed(recogniser, sound, "en")
    assert first
    assert transcribed(recogniser, sound, "en") == first
    assert transcribed(Recogniser(models_store.path("words")), sound, "en") == first


def test_nothing_is_written_where_nobody_speaks(recogniser: Recogniser) -> None:
    """Not even when the piece is given: noise, a tone, silence. Whisper itself writes something to most of them."""
    noise = np.random.default_rng(1).normal(0, 900, 8 * RATE).astype(np.int16)
    tone = np.rint(6000 * np.sin(2 * np.pi * 440 * np.arange(8 * RATE) / RATE)).astype(np.int16)
    for sound in (quiet(8), noise, tone, np.zeros(8 * RATE, np.int16)):
        assert recogniser.piece(sound, 0, 8_000, "en") == ()


def test_the_name_says_which_model(recogniser: Recogniser) -> None:
    assert re.fullmatch(r"whisper-base int8, faster-whisper \d+\.\d+\.\d+", recogniser.name)


def test_a_model_that_is_not_there_is_said(tmp_path: Path, say: Say) -> None:
    with pytest.raises(MediaError) as missing:
        Recogniser(tmp_path).piece(say(SENTENCES[0]), 0, 3_000, "en")
    assert missing.value.code == "model_missing"


def test_a_model_that_cannot_be_loaded_is_said(tmp_path: Path, say: Say) -> None:
    for name in ("model.bin", "tokenizer.json", "config.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes(b"not a model")
    with pytest.raises(MediaError) as damaged:
        Recogniser(tmp_path).piece(say(SENTENCES[0]), 0, 3_000, "en")
    assert damaged.value.code == "model_missing"
