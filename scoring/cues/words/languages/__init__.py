"""What is known of each language, as data: `language` describes it, `en`, `de` and `fr` hold it."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.cues.words.languages.de import GERMAN
from scoring.cues.words.languages.en import ENGLISH
from scoring.cues.words.languages.fr import FRENCH
from scoring.cues.words.languages.language import Language

BY_CODE: Mapping[str, Language] = {language.code: language for language in (ENGLISH, GERMAN, FRENCH)}


def language_of(code: str) -> Language | None:
    """The language of a code such as `en` or `en-GB`; None: its words are not read."""
    return BY_CODE.get(code.lower().replace("_", "-").split("-")[0])
