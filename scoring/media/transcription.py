"""Speech to text with word times: Whisper base through faster-whisper, on the processor, with nothing asked of anybody.

Sound is cut at pauses into pieces that Whisper hears in one go (it knows nothing longer than 30 s), so that no
sentence is cut in two and work that was interrupted goes on at the next piece. Decoding is greedy: the same sound gives
the same words. Whisper was trained on subtitles and leaves out um and uh; a prompt full of them makes it write them.

Where Whisper hears nothing it invents: thanks for watching, the same words again and again. Words without a voice, by
Silero's detector and by our own voice activity, and what Whisper takes for no speech itself are dropped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.speech import RATE, Segment, SpeechReader
from scoring.cues.words.transcript import Word
from scoring.media.errors import MediaCode, MediaError

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

THREADS = 2

LONGEST_MS = 29_000
"""Of a piece. Whisper's window is 30 s."""
SHORTEST_CUT_MS = 15_000
"""A longer pause is not worth a piece shorter than this: each costs a whole window."""
SILENCE_MS = 5_000
"""Silence this long always ends a piece: Whisper fills it with what nobody said."""
PAD_MS = 300
"""Sound around the speech of a piece: weak beginnings and endings of words."""
RUN_UP_MS = 4_000
"""Sound before a piece from which the noise floor is known."""
FRAME_MS = 20

NEAR_MS = 200
"""A word this near to voice activity may belong to it."""
EDGE_MS = 400
"""The first and the last word of a segment begin and end with it, if they were heard this near to its ends."""
LEAST_MS = 20

VOICE = 0.5
"""Likelihood of a voice that is needed in a piece, and near each word. Measured: words of ten voices have 0.66 or more;
tones, chords, hum, clicks, breath and noise 0.44 or less, and voice activity takes most of those for speech."""
VOICE_SAMPLES = 512
"""Silero's frame: 32 ms."""

MISSED_S = 1.0
"""So much voice without a word is listened to once more: after a pause Whisper may take a piece for finished."""

GUESSED = 0.1
"""The last word of a piece, after the end of a sentence and with a probability below this, was not said."""

NO_SPEECH = 0.6
UNSURE = -1.0
"""Mean log probability of the tokens below which Whisper's own doubt that anybody speaks is believed."""
REPETITIVE = 2.4
"""How far text can be compressed before it is a loop."""
NO_REPEAT = 3

PROMPTS = {
    "en": "Um, uh, well, um, you know, I, uh, like, I mean, um.",
    "de": "Ähm, äh, also, ähm, naja, ich, äh, ähm, halt.",
    "fr": "Euh, ben, euh, enfin, je, euh, voilà, euh.",
}
"""Chosen by measurement: without a prompt, and with a sentence that has some fillers, more of them were lost."""

Sound = NDArray[np.int16]


# --- pieces -------------------------------------------------------------------------------------------


def pieces(sound: Sound) -> list[tuple[int, int]]:
    """Where `sound` (n,) int16 at 16 kHz holds speech, as (start_ms, end_ms), in order, each at most LONGEST_MS.

    They are cut in pauses, in the longest there is. Where somebody speaks on for longer, at the weakest moment.
    """
    reader = _read(sound)
    end_ms = len(sound) * 1000 // RATE
    parts = [part for run in _runs(reader.segments) for part in _split(run, reader)]
    return [(max(0, round(s.start_ms) - PAD_MS), min(end_ms, round(e.end_ms) + PAD_MS)) for s, e in parts]


def _read(sound: Sound) -> SpeechReader:
    reader = SpeechReader()
    reader.push(sound)
    return reader


def _runs(segments: Sequence[Segment]) -> Iterable[list[Segment]]:
    """Segments with no long silence between them."""
    run: list[Segment] = []
    for segment in segments:
        if run and segment.start_ms - run[-1].end_ms >= SILENCE_MS:
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def _split(run: list[Segment], reader: SpeechReader) -> Iterable[tuple[Segment, Segment]]:
    """The first and the last segment of each piece of `run`."""
    longest = LONGEST_MS - 2 * PAD_MS
    while run:
        start = run[0].start_ms
        inside = [k for k, s in enumerate(run) if s.end_ms - start <= longest]
        if len(inside) == len(run):
            yield run[0], run[-1]
            return
        ends = [k for k in inside if run[k].end_ms - start >= SHORTEST_CUT_MS]
        if ends:
            last = max(ends, key=lambda k: run[k + 1].start_ms - run[k].end_ms)
            yield run[0], run[last]
            run = run[last + 1 :]
        else:
            long = len(inside)
            at = _weakest(reader, start + SHORTEST_CUT_MS, start + longest)
            before, after = replace(run[long], end_ms=at), replace(run[long], start_ms=at)
            yield run[0], before
            run = [after, *run[long + 1 :]]


def _weakest(reader: SpeechReader, start_ms: float, end_ms: float) -> float:
    """The moment with the weakest 0.1 s."""
    times = np.arange(start_ms, end_ms, FRAME_MS)
    levels = np.convolve(reader.level_at(times), np.full(5, 0.2), mode="same")
    inner = slice(2, len(times) - 2)
    return float(times[inner][int(np.argmin(levels[inner]))])


# --- the recogniser -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heard:
    """A word as Whisper gives it, in s of the piece. What does not begin with a space goes on the word before it."""

    text: str
    start: float
    end: float
    probability: float


class Recogniser:
    """Writes down pieces of sound. The model is loaded when the first piece comes; for one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the model's files. Whoever names it has checked that they are what they should be."""
        self._folder = folder
        self._model: WhisperModel | None = None

    @property
    def name(self) -> str:
        """The model, how it counts, and what runs it."""
        return f"{self._folder.name} int8, faster-whisper {version('faster-whisper')}"

    def piece(self, sound: Sound, start_ms: int, end_ms: int, language: str) -> tuple[Word, ...]:
        """The words between two moments of `sound` (n,) int16 at 16 kHz, on its time.

        `language` ("en", "de", "fr") is taken as said, never guessed.

        Raises:
            MediaError: model_missing.
        """
        whole = sound[start_ms * RATE // 1000 : end_ms * RATE // 1000].astype(np.float32) / np.float32(32768)
        voice = _voice(whole)
        if not (voice >= VOICE).any():
            return ()
        heard = self._hear(whole, language)
        for start, end in _missed(heard, voice):
            part = whole[int(start * RATE) : int(end * RATE)]
            heard += [_later(word, start) for word in self._hear(part, language, least_sure=UNSURE)]
        heard = sorted((word for word in heard if _is_voiced(word, voice)), key=lambda word: word.start)
        spoken = _speech_around(sound, start_ms, end_ms)
        return tidy(_without_guess(_words(heard, start_ms)), spoken, start_ms, end_ms)

    def _hear(
        self, sound: NDArray[np.float32], language: str, *, least_sure: float = -np.inf
    ) -> list[_Heard]:
        segments = self._decode(sound, language)
        if any(segment.compression_ratio > REPETITIVE for segment in segments):
            segments = self._decode(sound, language, no_repeat_ngram_size=NO_REPEAT)
        return [
            _Heard(word.word, float(word.start), float(word.end), float(word.probability))
            for segment in segments
            if not (segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < UNSURE)
            and segment.avg_logprob >= least_sure
            for word in segment.words or ()
        ]

    def _decode(self, sound: NDArray[np.float32], language: str, **more: Any) -> list[Any]:
        segments, _ = self._loaded().transcribe(
            sound,
            language=language,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=PROMPTS.get(language),
            word_timestamps=True,
            **more,
        )
        return list(segments)

    def _loaded(self) -> WhisperModel:
        if self._model is None:
            self._model = _load(self._folder)
        return self._model


def _load(folder: Path) -> WhisperModel:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if not (folder / "model.bin").is_file() or not (folder / "tokenizer.json").is_file():
        # Without its tokenizer faster-whisper would ask for one on the network.
        raise MediaError(MediaCode.MODEL_MISSING, "the speech model is not there")
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise MediaError(MediaCode.MODEL_MISSING, "the speech model cannot be loaded") from error


# --- voice --------------------------------------------------------------------------------------------


def _voice(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The likelihood of a human voice in each 32 ms of `sound` (n,), 0..1, by Silero's detector."""
    if not sound.size:
        return np.zeros(0, dtype=np.float32)
    from faster_whisper.vad import get_vad_model

    padded = np.pad(sound, (0, -len(sound) % VOICE_SAMPLES))
    return np.asarray(get_vad_model()(padded), dtype=np.float32).ravel()


def _is_voiced(word: _Heard, voice: NDArray[np.float32]) -> bool:
    near_s, frames_per_s = NEAR_MS / 1000, RATE / VOICE_SAMPLES
    first = max(0, int((word.start - near_s) * frames_per_s))
    last = int((word.end + near_s) * frames_per_s) + 1
    return bool((voice[first:last] >= VOICE).any())


def _missed(heard: Sequence[_Heard], voice: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Where there is a voice and no word, in s: from before the first to after the last of that voice."""
    frames_per_s, pad_s = RATE / VOICE_SAMPLES, PAD_MS / 1000
    edges = [0.0, *(edge for word in heard for edge in (word.start, word.end)), len(voice) / frames_per_s]
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        first = int(start * frames_per_s)
        voiced = first + np.flatnonzero(voice[first : int(end * frames_per_s)] >= VOICE)
        if len(voiced) >= MISSED_S * frames_per_s:
            from_s, to_s = voiced[0] / frames_per_s, (voiced[-1] + 1) / frames_per_s
            found.append((max(start, from_s - pad_s), min(end, to_s + pad_s)))
    return found


def _later(word: _Heard, by_s: float) -> _Heard:
    return replace(word, start=word.start + by_s, end=word.end + by_s)


# --- words --------------------------------------------------------------------------------------------


def _speech_around(sound: Sound, start_ms: int, end_ms: int) -> list[Segment]:
    from_ms = max(0, start_ms - RUN_UP_MS)
    reader = _read(sound[from_ms * RATE // 1000 : end_ms * RATE // 1000])
    return [Segment(s.start_ms + from_ms, s.end_ms + from_ms) for s in reader.segments]


def _words(heard: Iterable[_Heard], start_ms: int) -> list[Word]:
    """Whole words, as they stand between spaces, on the sound's time. What is neither letter nor digit is no word."""
    joined: list[list[_Heard]] = []
    for one in heard:
        if joined and not one.text.startswith(" "):
            joined[-1].append(one)
        else:
            joined.append([one])
    words = [_joined(parts, start_ms) for parts in joined]
    return [word for word in words if re.search(r"\w", word.text)]


def _without_guess(words: list[Word]) -> list[Word]:
    """Where a sentence is over and the sound fades, Whisper likes to begin another: "you", "Thank"."""
    ended = len(words) > 1 and words[-2].text.endswith((".", "?", "!"))
    return words[:-1] if ended and words[-1].probability < GUESSED else words


def _joined(parts: Sequence[_Heard], start_ms: int) -> Word:
    return Word(
        "".join(part.text for part in parts).strip(),
        start_ms + round(1000 * parts[0].start),
        start_ms + round(1000 * parts[-1].end),
        min(1.0, sum(part.probability for part in parts) / len(parts)),
    )


def tidy(words: Iterable[Word], spoken: Sequence[Segment], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """`words` that were heard where somebody spoke, each on the voice, in order, and between the two moments.

    Whisper gives a word the silence before it, and takes the end of a drawn-out um for silence: where words meet a
    pause, voice activity knows better.
    """
    placed = [(word, _its_segment(word, spoken)) for word in words]
    kept = [(word, segment) for word, segment in placed if segment is not None]
    found: list[Word] = []
    before_ms = start_ms
    for k, (word, segment) in enumerate(kept):
        first, last = word.start_ms, word.end_ms
        if first < segment.start_ms or (
            first - segment.start_ms <= EDGE_MS and _is_other(kept, k - 1, segment)
        ):
            first = round(segment.start_ms)
        if last > segment.end_ms or (segment.end_ms - last <= EDGE_MS and _is_other(kept, k + 1, segment)):
            last = round(segment.end_ms)
        first = min(max(first, before_ms), end_ms - LEAST_MS)
        last = min(max(last, first + LEAST_MS), end_ms)
        found.append(replace(word, start_ms=first, end_ms=last))
        before_ms = last
    return tuple(found)


def _is_other(placed: Sequence[tuple[Word, Segment]], k: int, segment: Segment) -> bool:
    """Whether the k-th word, if there is one, is of another segment."""
    return not (0 <= k < len(placed) and placed[k][1] == segment)


def _its_segment(word: Word, spoken: Sequence[Segment]) -> Segment | None:
    """The segment that `word` is of: that with which it shares most time, else one right beside it."""

    def shared_ms(segment: Segment) -> float:
        return min(segment.end_ms, word.end_ms) - max(segment.start_ms, word.start_ms)

    nearest = max(spoken, key=shared_ms, default=None)
    return nearest if nearest is not None and shared_ms(nearest) > -NEAR_MS else None
