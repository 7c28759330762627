"""A real browser with a camera and a microphone that play media made here: a known face, known sounds.

The face is the public-domain photograph of skimage.data.astronaut(), moved by known shifts; the voice is espeak-ng;
the tone is computed. A test whose programs are missing is skipped with the reason, and fails where CI is set.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import wave
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page, Playwright

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
CHECKOUT = Path(__file__).resolve().parents[2]
FRAMES_PER_S = 25
PICTURE = (480, 640)
FACE_LEFT = 64
"""Where the photograph, 512 pixels wide, begins in the picture; its nose is some 222 pixels further right."""


def left_out(reason: str) -> NoReturn:
    """Skip with the reason, or fail where CI promises that everything is there."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (in CI a test that is left out is a failure)")
    pytest.skip(reason)


def find(program: str) -> str:
    found = shutil.which(program)
    return found if found is not None else left_out(f"{program} is not installed")


@pytest.fixture(scope="session")
def need() -> Callable[[bool, str], None]:
    """`need(condition, reason)` leaves the test out where the condition does not hold; in CI it fails instead."""

    def check(condition: bool, reason: str) -> None:
        if not condition:
            left_out(reason)

    return check


@dataclass(frozen=True)
class Media:
    """Files for the fake camera and microphone. The face sways sideways by `shift` pixels around `nose_x`."""

    face: Path
    tone: Path
    speech: Path
    answer: Path
    """The speech, with a filler in it and a pause of more than 2.5 s after it."""
    nose_x: int = FACE_LEFT + 222
    shift: int = 60
    period_s: float = 2.0
    tone_hz: int = 440


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """The face as mjpeg, and a tone and speech as 48 kHz WAV, made once."""
    folder = tmp_path_factory.mktemp("media")
    made = Media(folder / "face.mjpeg", folder / "tone.wav", folder / "speech.wav", folder / "answer.wav")
    encode_mjpeg(made.face, moving_face(made.shift, made.period_s))
    write_wav(made.tone, 0.4 * np.sin(2 * np.pi * made.tone_hz * np.arange(4 * 48000) / 48000))
    speak(
        made.speech,
        "Tell me about yourself. I have worked in a shop for two years, and I like to help people.",
    )
    speak(made.answer, "I have worked in a shop for two years. Um, every day I like to help people.")
    append_silence(made.answer, 3.2)
    return made


def moving_face(shift: int, period_s: float) -> NDArray[np.uint8]:
    """Pictures (n, 480, 640, 3) of the astronaut, who sways sideways by `shift` pixels in one period of a sine."""
    from skimage.data import astronaut

    photograph = astronaut()[: PICTURE[0]]
    times = np.arange(int(FRAMES_PER_S * period_s)) / FRAMES_PER_S
    places = np.rint(FACE_LEFT + shift * np.sin(2 * np.pi * times / period_s)).astype(int)
    beside = [(place, PICTURE[1] - photograph.shape[1] - place) for place in places]
    return np.stack([np.pad(photograph, ((0, 0), margins, (0, 0)), mode="edge") for margins in beside])


def encode_mjpeg(path: Path, pictures: NDArray[np.uint8]) -> None:
    """Write pictures (n, height, width, 3) as the mjpeg that Chromium's fake camera plays in a loop."""
    height, width = pictures.shape[1:3]
    source = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{width}x{height}",
        "-r",
        str(FRAMES_PER_S),
        "-i",
        "-",
    ]
    target = ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "mjpeg", str(path)]
    command = [find("ffmpeg"), "-loglevel", "error", "-y", *source, *target]
    subprocess.run(command, input=pictures.tobytes(), check=True, timeout=60)


def write_wav(path: Path, samples: NDArray[np.float64], rate: int = 48000) -> None:
    """Write samples in -1..1 as 16-bit mono."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())


def speak(path: Path, text: str) -> None:
    """Speech of espeak-ng at 48 kHz."""
    raw = path.with_suffix(".raw.wav")
    subprocess.run([find("espeak-ng"), "-w", str(raw), text], check=True, timeout=60)
    command = [
        find("ffmpeg"),
        "-loglevel",
        "error",
        "-y",
        "-i",
        str(raw),
        "-ar",
        "48000",
        "-ac",
        "1",
        str(path),
    ]
    subprocess.run(command, check=True, timeout=60)


def append_silence(path: Path, seconds: float) -> None:
    with wave.open(str(path), "rb") as read:
        about, frames = read.getparams(), read.readframes(read.getnframes())
    with wave.open(str(path), "wb") as out:
        out.setparams(about)
        out.writeframes(frames + bytes(2 * round(seconds * about.framerate)))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, once per module: its event loop must be gone before tests that run one of their own."""
    with sync_playwright() as driver:
        yield driver


OpenPage = Callable[..., AbstractContextManager["Page"]]


@pytest.fixture(scope="module")
def open_page(playwright: Playwright, media: Media) -> OpenPage:
    """`with open_page(url, camera=..., microphone=...) as page`: a Chromium of its own, ended afterwards."""
    path = find("chromium")

    @contextmanager
    def opened(url: str, *, camera: Path | None = None, microphone: Path | None = None) -> Iterator[Page]:
        files = [
            f"--use-file-for-fake-video-capture={camera or media.face}",
            f"--use-file-for-fake-audio-capture={microphone or media.tone}",
        ]
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *files])
        try:
            page = browser.new_context().new_page()
            page.goto(url)
            yield page
        finally:
            browser.close()

    return opened


# --- the product itself, served as in production ------------------------------------------------------

SERVER_STARTS_WITHIN_S = 60


@dataclass
class Site:
    """A daphne process on the test database: pages, API and live socket, as ASGI serves them."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    folder: Path

    def kill(self) -> None:
        """As a crash would: nothing is closed in order."""
        self.process.kill()
        self.process.wait(10)

    def restart(self) -> None:
        """Another process on the same address."""
        self.process = start_server(self.url.rsplit(":", 1)[1], self.environment, self.folder)

    def work(self) -> None:
        """Do everything that waits in the queue, and return. Pictures and words of an answer take their time."""
        words = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"]
        done = subprocess.run(words, env=self.environment, capture_output=True, timeout=900, check=False)
        assert done.returncode == 0, done.stderr.decode()[-3000:]


@pytest.fixture(scope="module")
def running_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole product on a free port, once per module: only its rows are made anew for each test."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "greenroom.settings",
        "GREENROOM_ENV": "development",
        "GREENROOM_DATA": str(folder),
        "GREENROOM_SPOOL": str(folder / "spool"),
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "platform")]),
        "SECRET_KEY": "of no worth outside of this test, but long enough for the checks",
        "LOG_LEVEL": "WARNING",
    }
    made = Site(f"http://127.0.0.1:{port}", environment, start_server(port, environment, folder), folder)
    yield made
    made.kill()


@pytest.fixture
def site(transactional_db: None, settings: Any, running_site: Site) -> Site:
    """The running product; it shares database, media and spool with the test."""
    settings.MEDIA_ROOT = running_site.folder / "media"
    settings.SPOOL_DIR = running_site.folder / "spool"
    return running_site


def start_server(port: str, environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", port, "greenroom.asgi:application"]
    log = folder / "site.log"
    with log.open("ab") as out:
        process = subprocess.Popen(words, env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
    ends = time.monotonic() + SERVER_STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return process
    process.kill()
    pytest.fail(f"the server did not start: {log.read_text()[-3000:]}")


def database_url() -> str:
    """The test database's address, for another process."""
    from django.db import connection

    about = connection.settings_dict
    host = quote(str(about["HOST"] or "127.0.0.1"), safe="")
    person = quote(str(about["USER"])) + (f":{quote(str(about['PASSWORD']))}" if about["PASSWORD"] else "")
    port = f":{about['PORT']}" if about["PORT"] else ""
    return f"postgresql://{person}@{host}{port}/{about['NAME']}"


# --- the demo's people, signed in -----------------------------------------------------------------------

PASSWORD = "a long quiet evening"
PATIENCE_MS = 45_000
VIOLATIONS = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture
def visit(site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`visit(email, path, look)` signs a person of the demo in and gives the page to `look`; `microphone` is a file.

    Whatever the content security policy refuses, whatever a script throws and every request to another origin fails
    the test.
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.urls import reverse

    from accounts.models import User
    from analytics.demo import people
    from analytics.demo.seed import seed

    # Playwright runs an event loop in this thread, and Django asks not to be called beside one.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    seed()
    password = Argon2PasswordHasher().encode(PASSWORD, "a-salt-for-all")
    User.objects.filter(email__in=people.STANDING).update(password=password)

    def go(email: str, path: str, look: Callable[[Page], None], *, microphone: Path | None = None) -> None:
        with open_page("about:blank", microphone=microphone) as page:
            page.set_default_timeout(PATIENCE_MS)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda asked: elsewhere(asked.url) and problems.append(asked.url))
            page.add_init_script(VIOLATIONS)
            page.goto(f"{site.url}{reverse('accounts:sign_in')}?next={path}")
            page.locator("input[name=username]").fill(email)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(f"**{path}")
            look(page)
            assert page.evaluate("violations") == []
            assert problems == []

    def elsewhere(address: str) -> bool:
        return address.startswith("http") and not address.startswith(f"{site.url}/")

    return go
