"""The interviewer's voice with a speech synthesis of the test: spoken where it can be, read where not, never stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# Time runs a hundred times faster in here, so that waiting is not what the test does.
SAY = """async ({ voices, behaviour, language, text, cancelAfter }) => {
  const { Speaker } = await import("/static/sessions/speech.js");
  const [realSetTimeout, realNow] = [setTimeout, performance.now.bind(performance)];
  globalThis.setTimeout = (then, ms) => realSetTimeout(then, ms / 100);
  performance.now = () => realNow() * 100;
  const spoken = [];
  let cancels = 0;
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    cancel: () => { cancels += 1; },
    resume: () => {},
    speak: (utterance) => {
      spoken.push([utterance.text, utterance.lang]);
      if (behaviour === "dead") return;
      realSetTimeout(() => utterance.onstart(), 1);
      if (behaviour === "hangs") return;
      realSetTimeout(() => (behaviour === "fails" ? utterance.onerror() : utterance.onend()), 5);
    },
  });
  const own = globalThis.SpeechSynthesisUtterance;
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  try {
    const speaker = new Speaker({ synthesis: behaviour === "none" ? null : synthesis });
    const mode = await speaker.mode(language);
    if (cancelAfter !== null) realSetTimeout(() => speaker.cancel(), cancelAfter);
    return { mode, ...(await speaker.say(text, language)), spoken, cancels };
  } finally {
    globalThis.setTimeout = realSetTimeout;
    performance.now = realNow;
    globalThis.SpeechSynthesisUtterance = own;
  }
}"""

ENGLISH = {"name": "Ann", "lang": "en-GB", "localService": True, "default": False}
AMERICAN = {"name": "Sue", "lang": "en_US", "localService": True, "default": True}
GERMAN = {"name": "Eva", "lang": "de-DE", "localService": True, "default": False}
REMOTE = {"name": "Cloud", "lang": "en-US", "localService": False, "default": True}
QUESTION = "Why this shop? Tell me about a day that went wrong."


def say(
    page: Page, voices: list[Any], behaviour: str = "speaks", language: str = "en", cancel: Any = None
) -> Any:
    wish = {
        "voices": voices,
        "behaviour": behaviour,
        "language": language,
        "text": QUESTION,
        "cancelAfter": cancel,
    }
    return page.evaluate(SAY, wish)


def test_a_voice_of_the_language_speaks_sentence_by_sentence(page: Page) -> None:
    told = say(page, [GERMAN, ENGLISH])
    assert (told["mode"], told["how"], told["ended"]) == ("voice", "voice", "end")
    assert told["spoken"] == [["Why this shop?", "en-GB"], ["Tell me about a day that went wrong.", "en-GB"]]


def test_the_exact_region_comes_before_the_default(page: Page) -> None:
    assert say(page, [AMERICAN, ENGLISH], language="en-GB")["spoken"][0][1] == "en-GB"
    assert say(page, [ENGLISH, AMERICAN], language="en")["spoken"][0][1] == "en_US"


@pytest.mark.parametrize(
    "voices", [[], [GERMAN], [REMOTE]], ids=["none", "another language", "not of this machine"]
)
def test_without_a_voice_the_text_is_read(page: Page, voices: list[Any]) -> None:
    told = say(page, voices)
    assert (told["mode"], told["how"], told["ended"], told["spoken"]) == ("reading", "reading", "end", [])
    assert told["ms"] >= 0.9 * (1500 + 60 * len(QUESTION))  # the clock of the test is coarse


def test_a_browser_without_synthesis_reads(page: Page) -> None:
    assert say(page, [], "none")["how"] == "reading"


@pytest.mark.parametrize("behaviour", ["dead", "hangs", "fails"])
def test_a_stuck_voice_is_left_and_the_text_is_read(page: Page, behaviour: str) -> None:
    told = say(page, [ENGLISH], behaviour)
    assert (told["how"], told["ended"]) == ("reading", "stuck")
    assert told["ms"] >= 0.9 * (1500 + 60 * len(QUESTION))  # the clock of the test is coarse
    assert told["cancels"] >= 2


def test_cancelling_stops_at_once(page: Page) -> None:
    told = say(page, [ENGLISH], "hangs", cancel=10)
    assert (told["how"], told["ended"]) == ("voice", "cancelled")
    assert told["cancels"] >= 2
    assert say(page, [], cancel=20)["ended"] == "cancelled"


def test_the_real_browser_without_voices_says_so(page: Page) -> None:
    mode = page.evaluate(
        """async () => {
          const { Speaker, readingMs } = await import("/static/sessions/speech.js");
          return [await new Speaker().mode("en"), readingMs("Hi"), readingMs("a".repeat(200))];
        }"""
    )
    assert mode[0] in {"reading", "voice"}
    assert mode[1:] == [3000, 13500]
