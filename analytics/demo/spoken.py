"""Two answers of Sam's last session in words: written texts, with word times made from the length of the words.

Nobody said them and no machine wrote them down, and the page says so. What is found in them is found: the texts go
through the same reading of words as every transcript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from analytics.demo.answers import SimulatedAnswer
from analytics.demo.personas import Random
from scoring.cues.catalogue import Cue
from scoring.cues.speech import Segment
from scoring.cues.words.reading import read
from scoring.cues.words.transcript import Transcript, Word
from scoring.cues.words.verbal import Verbal

SHORT, LONG = "/", "//"
"""In a text: a pause for breath, and one for thought."""
_PAUSES_MS = {SHORT: (350, 900), LONG: (2600, 3200)}
MODEL = "text written for the demonstration"

TEXTS: Mapping[tuple[str, str], str] = {
    ("hotel-reception", "introduce-yourself"): """
Good morning, / my name is Sam. / I am, um, nineteen years old and I'm in my last year at the college here in town, /
where I am doing a course in hospitality. / Um, last summer I have worked for six weeks in a guest house by the sea. /
It was, you know, a old house, / we had eleven rooms, / and I helped at breakfast and, and later at the front desk. //
What I liked most was, um, the evenings. / People came back from a long day, / they was tired, / and I would, I showed
them the way to a good place to eat. / I think that is maybe what I am good at: / I remember names, / and I stay
friendly when there is a queue. / At home I speak English and, like, a little French with my grandmother. / We also
run a football club for children at weekends, / so I am used to, um, to noise. / I would like to learn how a larger
hotel works, / and that is why I'm here today.
""",
    ("hotel-reception", "why-reception"): """
So, um, / I have thought about that a lot, because I also tried the kitchen. / In the kitchen you don't see who eats
what you made. / At the desk you are the first person that somebody meet, / and you are the last one. // That is a
responsibility, I guess, but, um, it is also the nice part. / In the guest house a family came at night, / and, you
know, their room was not ready. / I made tea, / I found them some blankets, / and we, we talked until it was done. /
The next morning they told my boss that this was the best welcome of their whole trip. / I was, um, quite proud. /
I also like that no day is the same. / Perhaps I would get tired of it in ten years, / but right now I want exactly
that. / And I have heard that your reception helps with conferences too, / which is something I never did before and,
um, really want to learn. / I look forward to meet your team.
""",
}
"""Answers by scenario and key of the question."""


@dataclass(frozen=True, slots=True)
class Told:
    """A simulated answer that has words, and what was found in them."""

    answer: SimulatedAnswer
    transcript: Transcript
    verbal: Verbal


def told(answer: SimulatedAnswer, text: str, rng: Random) -> Told:
    """The answer as if the text had been spoken in it: its times, its pauses and its verbal cues follow the text."""
    words, segments = _timed(text, answer.speech_started_ms, rng)
    transcript = Transcript("en", tuple(words), MODEL)
    verbal = read(transcript, question_ended_ms=answer.question_ended_ms, segments=segments)
    stream_ms = words[-1].end_ms + 700
    spoken = {code.value: _stored(value) for code, value in verbal.values.items()}
    heard = {code.value: {"v": round(value, 4)} for code, value in _heard(segments, answer).items()}
    speech = [[round(one.start_ms), round(one.end_ms)] for one in segments]
    speech_s = round(sum(one.length_s for one in segments), 2)
    return Told(
        replace(
            answer,
            cues=answer.cues | heard | spoken,
            events=_within(answer.events, stream_ms),
            quality=answer.quality | {"speech": speech, "speech_s": speech_s, "sound_s": stream_ms / 1000},
            stream_ms=stream_ms,
        ),
        transcript,
        verbal,
    )


def _timed(text: str, begins_ms: int, rng: Random) -> tuple[list[Word], list[Segment]]:
    words: list[Word] = []
    segments: list[Segment] = []
    at = first = float(begins_ms)
    for part in text.split():
        if part in _PAUSES_MS:
            segments.append(Segment(first, at))
            at += float(rng.uniform(*_PAUSES_MS[part]))
            first = at
            continue
        length = (110 + 48 * len(part)) * float(rng.uniform(0.9, 1.15))
        probability = round(float(1 - rng.beta(1, 14)), 3) if rng.random() > 0.02 else 0.38
        words.append(Word(part, round(at), round(at + length), probability))
        at += length
    segments.append(Segment(first, at))
    return words, segments


def _stored(value: Any) -> dict[str, Any]:
    return {"v": round(value.value, 4)} if value.value is not None else {"absent": str(value.absent)}


def _heard(segments: Sequence[Segment], answer: SimulatedAnswer) -> dict[Cue, float]:
    """What follows for the voice from when there was speech."""
    lengths = np.array([one.length_s for one in segments])
    gaps = np.array([(b.start_ms - a.end_ms) / 1000 for a, b in pairwise(segments)])
    whole = (segments[-1].end_ms - segments[0].start_ms) / 1000
    asked = (segments[-1].end_ms - answer.question_ended_ms) / 1000
    return {
        Cue.ANSWER_LEN: whole,
        Cue.SEG_LEN: float(lengths.mean()),
        Cue.PAUSE_N: float(len(gaps)),
        Cue.PAUSE_LONG_N: float((gaps >= 2.5).sum()),
        Cue.PAUSE_LEN: float(gaps.mean()),
        Cue.PAUSE_SHARE: float(gaps.sum() / whole),
        Cue.VOICE: float(lengths.sum() / asked),
    }


def _within(events: Sequence[Mapping[str, Any]], stream_ms: int) -> list[dict[str, Any]]:
    """The events before the end; what lasts longer ends with the answer."""
    found: list[dict[str, Any]] = []
    open_codes: set[str] = set()
    for event in events:
        if event["t_ms"] >= stream_ms:
            continue
        found.append(dict(event))
        if event["phase"] == "start":
            open_codes.add(event["code"])
        elif event["phase"] == "end":
            open_codes.discard(event["code"])
    last = {"t_ms": stream_ms, "strength": 0.5, "phase": "end"}
    return found + [{"code": code, **last} for code in sorted(open_codes)]
