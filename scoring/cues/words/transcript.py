"""What was said, word by word, on the answer's stream time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("en", "de", "fr")
"""Languages that are transcribed and whose words are read; in others, verbal cues are absent."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, with its punctuation. Times are stream time; `probability` is 0..1."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time. `model` names the speech recogniser and its version; no words: nobody spoke."""

    language: str
    words: tuple[Word, ...]
    model: str

    @property
    def text(self) -> str:
        """The words, with a space between them."""
        return " ".join(word.text for word in self.words)

    def to_json(self) -> dict[str, Any]:
        """For JSON: `{"language": "en", "model": .., "words": [[text, start_ms, end_ms, probability], ..]}`."""
        words = [[w.text, w.start_ms, w.end_ms, round(w.probability, 3)] for w in self.words]
        return {"language": self.language, "model": self.model, "words": words}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Transcript:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the JSON is not a stored transcript.
        """
        words = tuple(
            Word(str(text), int(start_ms), int(end_ms), float(probability))
            for text, start_ms, end_ms, probability in stored["words"]
        )
        return cls(str(stored["language"]), words, str(stored["model"]))
