"""What is known of words: sentences with their fillers and mistakes marked, speech with known words and length.

The sentences are in `words/`, written for this by the people who wrote the rules: fillers and words that look like them
about evenly, in three languages; [brackets] are round each filler, and round each mistake. They show where the rules
fail and that they do not fall back; they do not say how often real speech is read rightly. Those in `unseen_*` were
written last, and no rule was changed for them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.support.signals import RATE, NoSpeech
from scoring.cues.analysis import analyse
from scoring.cues.catalogue import Cue
from scoring.cues.frames import Frames
from scoring.cues.words.languages import BY_CODE
from scoring.cues.words.reading import read
from scoring.cues.words.tokens import tokens
from scoring.cues.words.transcript import LANGUAGES, Transcript, Word
from scoring.cues.words.verbal import Verbal

Sound = NDArray[np.int16]
Recognise = Callable[[Sound, str], Transcript]
"""Sound (n,) int16 at 16 kHz and the language's code to a transcript."""

FOLDER = Path(__file__).parent / "words"

WORD_MS, GAP_MS = 300, 20
"""Of made transcripts: so close together that only punctuation sets words off."""

LISTED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "um",
        "uh",
        "er",
        "erm",
        "uhm",
        "hmm",
        "like",
        "you know",
        "i mean",
        "sort of",
        "kind of",
        "basically",
    ),
    "de": (
        *(
            "äh",
            "ähm",
            "ehm",
            "öhm",
            "hm",
            "halt",
            "eben",
            "also",
            "sozusagen",
            "quasi",
            "genau",
            "naja",
            "tja",
            "ne",
        ),
        *("sagen wir mal", "ich sag mal"),
    ),
    "fr": (
        *(
            "euh",
            "hum",
            "ben",
            "bah",
            "hein",
            "bon",
            "quoi",
            "voilà",
            "genre",
            "du coup",
            "en fait",
            "tu vois",
        ),
        *("vous voyez", "on va dire", "comment dire"),
    ),
}
"""The peer: what plain matching against a list of fillers looks for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the places (first and last word) of what is marked in it."""

    words: tuple[str, ...]
    marked: frozenset[tuple[int, int]]

    @classmethod
    def parse(cls, line: str) -> Sentence:
        words, marked, opened = [], set(), 0
        for place, word in enumerate(line.split()):
            opened = place if "[" in word else opened
            if "]" in word:
                marked.add((opened, place))
            words.append(word.replace("[", "").replace("]", ""))
        return cls(tuple(words), frozenset(marked))

    def transcript(self, language: str) -> Transcript:
        """As a recogniser would give it, sure of every word."""
        return made_transcript(self.words, language)


@dataclass(slots=True)
class Tally:
    """What was found, rightly and wrongly, and what was missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, truth: frozenset[tuple[int, int]], found: Iterable[tuple[int, int]]) -> None:
        marks = set(found)
        self.right += len(truth & marks)
        self.wrong += len(marks - truth)
        self.missed += len(truth - marks)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def sentences(name: str) -> list[Sentence]:
    """The sentences of a file in `words/`."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [Sentence.parse(line) for line in text.splitlines() if line.strip()]


def made_transcript(words: Sequence[str], language: str) -> Transcript:
    """Words one after the other, 320 ms each, from 0 on."""
    step = WORD_MS + GAP_MS
    timed = tuple(Word(word, n * step, n * step + WORD_MS, 1.0) for n, word in enumerate(words))
    return Transcript(language, timed, "made")


def figures() -> dict[str, float]:
    """What is measured without a recogniser: fillers and grammar from text, pace from speech with known words."""
    values: dict[str, float] = {}
    whole, listed, bare = Tally(), Tally(), Tally()
    for language in LANGUAGES:
        tally = Tally()
        for sentence in sentences(f"fillers_{language}"):
            for each in (tally, whole):
                each.add(sentence.marked, fillers(sentence.transcript(language)))
            listed.add(sentence.marked, _listed(sentence.words, language))
            plain = [word.rstrip(",") for word in sentence.words]
            bare.add(sentence.marked, fillers(made_transcript(plain, language)))
        values[f"filler_text_f1_{language}"] = tally.f1
    values |= {
        "filler_text_precision": whole.precision,
        "filler_text_recall": whole.recall,
        "filler_text_f1": whole.f1,
        "filler_text_f1_without_commas": bare.f1,
        "filler_text_f1_unseen": _unseen().f1,
        "fillers_list_f1": listed.f1,
        "filler_ratio_to_list": whole.f1 / listed.f1,
    }
    return _rounded(values | _grammar() | {"wpm_speech_mape": _pace_error()})


def _unseen() -> Tally:
    tally = Tally()
    for language in LANGUAGES:
        for sentence in sentences(f"unseen_{language}"):
            tally.add(sentence.marked, fillers(sentence.transcript(language)))
    return tally


LIMITS: dict[str, str] = {
    "filler_text_f1": "fillers found in annotated sentences; peer fillers_list_f1",
    "filler_text_f1_without_commas": "the same, as a recogniser without commas would write them",
    "filler_text_f1_unseen": "sentences that no rule was changed for, 24 a language; leave it so",
    "fillers_list_f1": "plain matching against a list of fillers, on the same sentences",
    "filler_ratio_to_list": "ours over the list's, more is better",
    "grammar_precision": "remarks that touch a marked mistake, of all; on marked and on clean sentences",
    "grammar_recall": "marked mistakes that are remarked on",
    "wpm_speech_mape": "limit 3; percent, words known and their time from the sound",
    "wer": "espeak-ng's voice through the recogniser, three languages",
    "filler_f1": "the same; fillers found in their place",
    "wpm_mape": "limit 3; percent, the same",
}
"""What each figure is, and what it is to be held against."""


def fillers(transcript: Transcript) -> list[tuple[int, int]]:
    """The places of the fillers that are found."""
    return _places(_read(transcript))


def _places(verbal: Verbal) -> list[tuple[int, int]]:
    return [(mark.first, mark.last) for mark in verbal.marks if mark.code == Cue.FILLERS]


def _read(transcript: Transcript) -> Verbal:
    return read(transcript, question_ended_ms=None, segments=())


def _listed(words: Sequence[str], language: str) -> list[tuple[int, int]]:
    texts = [_plain(word) for word in words]
    found, place = [], 0
    while place < len(texts):
        hits = [
            len(f.split()) for f in LISTED[language] if texts[place : place + len(f.split())] == f.split()
        ]
        if hits:
            found.append((place, place + max(hits) - 1))
        place += max(hits, default=1)
    return found


def _plain(word: str) -> str:
    return re.sub(r"[^\w'-]", "", word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).lower()


def _grammar() -> dict[str, float]:
    """A remark is right if it touches the mistake that is marked; every other one is a false alarm."""
    right = wrong = mistakes = words = false_alarms = 0
    for sentence in sentences("grammar_en"):
        remarks = [(remark.first, remark.last) for remark in _read(sentence.transcript("en")).remarks]
        met = [m for m in sentence.marked if any(_touch(m, remark) for remark in remarks)]
        right, mistakes = right + len(met), mistakes + len(sentence.marked)
        wrong += sum(not any(_touch(m, remark) for m in sentence.marked) for remark in remarks)
    for sentence in (*sentences("grammar_clean_en"), *sentences("fillers_en")):
        false_alarms += len(_read(sentence.transcript("en")).remarks)
        words += len(sentence.words)
    return {
        "grammar_precision": right / max(1, right + wrong + false_alarms),
        "grammar_recall": right / mistakes,
        "grammar_false_alarms_per_100_words": 100 * false_alarms / words,
    }


def _touch(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "I worked in a small shop for two years. On Saturdays it was full, and one day a customer was very angry.",
        "Um, I listened first, and then, uh, I called the depot. In the evening she had her parcel.",
        "What I learned is that, um, people want to be heard. I would do the same here, uh, and ask for help in time.",
    ),
    "de": (
        "Ich habe zwei Jahre in einem kleinen Laden gearbeitet. Am Samstag war es voll, und eine Kundin war wütend.",
        "Ähm, ich habe zuerst zugehört, und dann, äh, habe ich das Lager angerufen. Am Abend hatte sie ihr Paket.",
        "Ich habe gelernt, dass die Menschen, ähm, gehört werden wollen. Das würde ich hier auch so machen.",
    ),
    "fr": (
        "J'ai travaillé deux ans dans un petit magasin. Le samedi il y avait du monde, une cliente était fâchée.",
        "Euh, j'ai d'abord écouté, et ensuite, euh, j'ai appelé le dépôt. Le soir elle avait son colis.",
        "J'ai appris que les gens, euh, veulent être entendus. Je ferais la même chose ici.",
    ),
}
"""Said by espeak-ng, a piece after the other with known pauses between."""

PAUSE_MS = 900

RATES = (130, 160, 190)
"""Words a minute that espeak-ng is asked for; what it speaks is measured."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Speech (n,) int16 at 16 kHz, its words, and how long it lasts from the first to the last sound, in ms."""

    sound: Sound
    words: tuple[str, ...]
    length_ms: float


def spoken(language: str, words_per_minute: int) -> Spoken:
    """The script of a language as speech. Raises NoSpeech."""
    pause = np.zeros(RATE * PAUSE_MS // 1000, dtype=np.int16)
    pieces = [_trimmed(_espeak(text, language, words_per_minute)) for text in SCRIPTS[language]]
    body = np.concatenate([part for piece in pieces for part in (piece, pause)][:-1])
    silence = np.zeros(RATE, dtype=np.int16)
    words = tuple(" ".join(SCRIPTS[language]).split())
    return Spoken(_over_a_room(np.concatenate([silence, body, silence])), words, 1000 * len(body) / RATE)


def _over_a_room(sound: Sound) -> Sound:
    noise = np.random.default_rng(1).normal(0, 8, len(sound))
    return np.clip(sound + noise, -32768, 32767).astype(np.int16)


def _trimmed(sound: Sound) -> Sound:
    heard = np.flatnonzero(np.abs(sound.astype(np.int32)) > 200)
    return sound[heard[0] : heard[-1] + 1]


def _espeak(text: str, language: str, words_per_minute: int) -> Sound:
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoSpeech("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        order = [program, "-v", _VOICES[language], "-s", str(words_per_minute), "-w", str(path), text]
        subprocess.run(order, check=True)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
    return _resampled(sound, rate)


def _resampled(sound: NDArray[np.float64], rate: int) -> Sound:
    """At 16 kHz, by its spectrum: what lies above 8 kHz does not fold back into the speech."""
    count = len(sound) * RATE // rate
    spectrum = np.fft.rfft(sound)[: count // 2 + 1]
    return np.clip(np.fft.irfft(spectrum, count) * count / len(sound), -32768, 32767).astype(np.int16)


_VOICES = {"en": "en-us", "de": "de", "fr": "fr-fr"}


def _pace_error() -> float:
    """Mean relative error of WPM where the words are known and their time is measured from the sound, in percent."""
    errors = []
    for language in LANGUAGES:
        for rate in RATES:
            said = spoken(language, rate)
            step = said.length_ms / len(said.words)
            timed = [
                Word(w, round(1000 + n * step), round(1000 + (n + 1) * step), 1.0)
                for n, w in enumerate(said.words)
            ]
            transcript = Transcript(language, tuple(timed), "made")
            errors.append(_relative_error(_pace(said, transcript), said))
    return 100 * float(np.mean(errors))


def _pace(said: Spoken, transcript: Transcript) -> float:
    analysis = analyse(
        Frames.empty(), said.sound, question_ended_ms=0, voice_only=True, transcript=transcript
    )
    return analysis.values[Cue.WPM].value or 0.0


def _relative_error(words_per_minute: float, said: Spoken) -> float:
    truth = 60_000 * len(said.words) / said.length_ms
    return abs(words_per_minute - truth) / truth


def spoken_figures(recognise: Recognise) -> dict[str, float]:
    """What is measured with a recogniser, over espeak-ng's speech: a synthetic voice, which recognisers know less well.

    `wer` is the share of words (without fillers) that are wrong, missing or too many; `filler_f1` counts the fillers
    that are found in their place among the words; `wpm_mape` is the error of WPM in percent.
    """
    values: dict[str, float] = {}
    totals, fillers_all, pace_all = [0, 0], Tally(), []
    for language in LANGUAGES:
        counts, tally, pace = [0, 0], Tally(), []
        for rate in RATES:
            said = spoken(language, rate)
            heard = recognise(said.sound, language)
            pairs = align(said_words(made_transcript(said.words, language)), said_words(heard))
            wrong = sum(a != b for a, b in pairs if FILLER not in {a, b})
            words = sum(a not in {None, FILLER} for a, _ in pairs)
            for count in (counts, totals):
                count[0], count[1] = count[0] + wrong, count[1] + words
            for found in (tally, fillers_all):
                _count_fillers(found, pairs)
            pace.append(_relative_error(_pace(said, heard), said))
        values[f"wer_{language}"] = counts[0] / counts[1]
        values[f"filler_f1_{language}"] = tally.f1
        values[f"wpm_mape_{language}"] = 100 * float(np.mean(pace))
        pace_all += pace
    values |= {"wer": totals[0] / totals[1], "filler_f1": fillers_all.f1}
    return _rounded(values | {"wpm_mape": 100 * float(np.mean(pace_all))})


FILLER = "<filler>"


def said_words(transcript: Transcript) -> list[str]:
    """The words as they are compared, pieces of one put together, and `FILLER` for each filler."""
    language = BY_CODE[transcript.language]
    found: list[str] = []
    filled = dict(fillers(transcript))
    inside = {place for first, last in filled.items() for place in range(first, last + 1)}
    for token in tokens(transcript, language.writing):
        if token.first in filled:
            found.append(FILLER)
        elif token.first not in inside:
            found += [token.text] if token.opens_word else []
            found[-1] += "" if token.opens_word else token.text
    return found


def _count_fillers(tally: Tally, pairs: Sequence[tuple[str | None, str | None]]) -> None:
    tally.right += sum(a == b == FILLER for a, b in pairs)
    tally.missed += sum(a == FILLER != b for a, b in pairs)
    tally.wrong += sum(b == FILLER != a for a, b in pairs)


def align(truth: Sequence[str], found: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Each word beside the one that was heard for it, None where there is none (Levenshtein).

    A filler and a word are never beside each other: one is missing, the other too many.
    """
    costs = np.zeros((len(truth) + 1, len(found) + 1), dtype=np.int64)
    costs[:, 0], costs[0, :] = np.arange(len(truth) + 1), np.arange(len(found) + 1)
    for i, word in enumerate(truth, start=1):
        for j, other in enumerate(found, start=1):
            swap = costs[i - 1, j - 1] + _cost(word, other)
            costs[i, j] = min(swap, costs[i - 1, j] + 1, costs[i, j - 1] + 1)
    pairs: list[tuple[str | None, str | None]] = []
    i, j = len(truth), len(found)
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + _cost(truth[i - 1], found[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], found[j]))
        elif i and costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
            pairs.append((truth[i], None))
        else:
            j -= 1
            pairs.append((None, found[j]))
    return pairs[::-1]


def _cost(word: str, other: str) -> int:
    if word == other:
        return 0
    return 3 if FILLER in {word, other} else 1


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
