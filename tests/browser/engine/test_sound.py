"""The microphone's sound: complete, in order, at 16 kHz, and the same tone that was played."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LISTEN = """async (blocks) => {
  const { Sound } = await import("/static/sessions/sound.js");
  const { Media } = await import("/static/sessions/media.js");
  const media = new Media();
  const { microphone } = await media.open({ camera: false });
  const sound = new Sound();
  const heard = { samples: [], level: null, settings: microphone.getSettings() };
  sound.addEventListener("level", ({ detail }) => { heard.level = detail; });
  await new Promise((resolve) => {
    sound.addEventListener("block", ({ detail }) => {
      heard.samples.push(...detail.samples);
      if (heard.samples.length >= 800 * blocks) resolve();
    });
    sound.start(microphone);
  });
  heard.rate = sound.contextRate;
  await sound.stop();
  media.close();
  heard.isClosed = microphone.readyState === "ended";
  return heard;
}"""

RESAMPLE = """async ({ from, hz, block }) => {
  const { Resampler } = await import("/static/sessions/resample.js");
  const resampler = new Resampler(from, 16000);
  const tone = Float32Array.from({ length: from }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / from));
  const out = [];
  for (let i = 0; i < from; i += block) out.push(...resampler.push(tone.subarray(i, i + block)));
  return out;
}"""

JUDGE = """async (rounds) => {
  const { SoundMeter } = await import("/static/sessions/sound.js");
  const meter = new SoundMeter();
  let told = null;
  for (const [count, block] of rounds) {
    for (let i = 0; i < count; i++) told = meter.add({ peak: block.rms, clipped: 0, lost: 0, ...block }) ?? told;
  }
  return told;
}"""


def part_beside_tone(samples: NDArray[np.float64], hz: float, rate: int = 16000) -> float:
    """The part (of the amplitude, 0..1) that is not one unbroken sine of `hz`. A lost, doubled or swapped block breaks
    the phase and makes it large."""
    angle = 2 * np.pi * hz * np.arange(samples.size) / rate
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fit = basis @ np.linalg.lstsq(basis, samples, rcond=None)[0]
    return float(np.std(samples - fit) / np.std(samples))


def test_the_tone_comes_out_as_it_went_in(page: Page, media: Any) -> None:
    heard = page.evaluate(LISTEN, 50)
    samples = np.array(heard["samples"][8000:], dtype=float)
    seconds = [samples[begin : begin + 16000] for begin in range(0, samples.size - 16000 + 1, 4000)]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    assert np.argmax(spectrum) * 16000 / samples.size == pytest.approx(media.tone_hz, abs=3)
    # Of one second at least: on a busy machine the browser's own fake microphone stumbles.
    assert min(part_beside_tone(second, media.tone_hz) for second in seconds) < 0.02
    assert heard["rate"] == 16000
    assert heard["isClosed"]


def test_the_sound_is_asked_for_as_it_is_measured(page: Page) -> None:
    settings = page.evaluate(LISTEN, 2)["settings"]
    assert settings["echoCancellation"] is True
    assert settings["autoGainControl"] is False
    assert settings["noiseSuppression"] is False


def test_speech_has_pauses_and_a_quiet_floor(
    peer: Any, open_page: Callable[..., AbstractContextManager[Page]], media: Any
) -> None:
    with open_page(peer.url, microphone=media.speech) as page:
        level = page.evaluate(LISTEN, 100)["level"]
    assert level["verdict"] == "ok"
    assert level["noiseDb"] < -38 < level["peakDb"]


@pytest.mark.parametrize(("rate", "hz"), [(48000, 440), (44100, 3000), (48000, 5000), (8000, 1000)])
def test_another_rate_is_resampled_exactly(page: Page, rate: int, hz: int) -> None:
    samples = np.array(page.evaluate(RESAMPLE, {"from": rate, "hz": hz, "block": 128}))
    expected = 0.5 * np.sin(2 * np.pi * hz * np.arange(samples.size) / 16000)
    inner = slice(500, -500)
    assert samples.size == pytest.approx(16000, abs=100)
    assert np.max(np.abs(samples - expected)[inner]) < 0.001


def test_what_would_fold_back_is_taken_out(page: Page) -> None:
    samples = np.array(page.evaluate(RESAMPLE, {"from": 48000, "hz": 9500, "block": 128}))
    assert np.max(np.abs(samples[500:-500])) < 0.001


def test_blocks_of_any_length_give_the_same(page: Page) -> None:
    by_128 = np.array(page.evaluate(RESAMPLE, {"from": 44100, "hz": 700, "block": 128}))
    by_1001 = np.array(page.evaluate(RESAMPLE, {"from": 44100, "hz": 700, "block": 1001}))
    np.testing.assert_allclose(by_128, by_1001, atol=1e-9)


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        ([[30, {"rms": 0.1}]], "listening"),
        ([[60, {"rms": 0.0}]], "silent"),
        ([[100, {"rms": 0.05}]], "noisy"),
        ([[30, {"rms": 0.001}], [60, {"rms": 0.1}]], "ok"),
        ([[30, {"rms": 0.001}], [60, {"rms": 0.6, "clipped": 40}]], "clipping"),
    ],
)
def test_the_verdict_names_what_is_wrong(page: Page, rounds: Any, verdict: str) -> None:
    assert page.evaluate(JUDGE, rounds)["verdict"] == verdict
