"""The picker in a platform's frame, in a real browser: by keyboard or mouse, and what arrives at the platform."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from accounts.models import Institution
from cohorts.models import Assignment
from lti.keys import own
from lti.message import claims as names
from lti.message.token import claims_of
from lti.models import Deployment, DeploymentState, Registration
from tests.browser.axe import grave
from tests.browser.conftest import CHROMIUM_FLAGS, find
from tests.lti.conftest import CLIENT, PlatformKey
from tests.lti.emulated_pages import Pages

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page, Playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 45_000
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"


class Return:
    """Where the platform takes the answer: keeps what was posted, and says so to the person."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.arrived = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/return?course=7"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                place.posted.append(parse_qs(form)["JWT"][0])
                page = b"<!doctype html><h1>Added to the course</h1>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)
                place.arrived.set()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def back() -> Iterator[Return]:
    made = Return()
    yield made
    made.close()


@pytest.fixture
def pages(site: Any, back: Return, northfield: Institution, scenario: Any) -> Iterator[Pages]:
    """A platform that has a teacher choose, and that Northfield knows."""
    asked = {"deep_link_return_url": back.url, "accept_types": ["ltiResourceLink"], "accept_multiple": True}
    claims = {
        names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
        names.RESOURCE_LINK: None,
        names.DEEP_LINKING: {**asked, "data": "op=7"},
    }
    tool = str(site.url.replace("127.0.0.1", "localhost"))
    made = Pages(tool, PlatformKey("one"), claims=claims)
    registration = Registration.objects.create(
        institution=northfield,
        name="Moodle",
        issuer=made.origin,
        client_id=CLIENT,
        login_url=f"{made.origin}/auth",
        token_url=f"{made.origin}/token",
        keys_url=f"{made.origin}/keys",
    )
    Deployment.objects.create(
        institution=northfield, registration=registration, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    yield made
    made.close()


@pytest.fixture
def page(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(executable_path=find("chromium"), args=list(CHROMIUM_FLAGS))
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    browser.close()


def opened(page: Page, pages: Pages, complaints: list[str]) -> Frame:
    """The picker in the course's frame. What the browser refuses of our pages is noted in `complaints`."""
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.goto(pages.course())
    frame = page.frame("tool")
    assert frame is not None
    frame.wait_for_url("**/lti/choose/*/")
    return frame


def items_of(token: str) -> list[dict[str, Any]]:
    keys = {key["kid"]: key for key in own.public_keys()}
    found: list[dict[str, Any]] = claims_of(token, keys.get)[ITEMS]
    return found


def test_a_teacher_chooses_in_the_frame(page: Page, pages: Pages, back: Return, scenario: Any) -> None:
    complaints: list[str] = []
    frame = opened(page, pages, complaints)
    frame.get_by_label("Search the interviews").fill("astronaut")
    frame.get_by_text("Nothing found").wait_for()
    frame.get_by_label("Search the interviews").fill("shop")
    frame.get_by_role("link", name=f"Choose: {scenario.title}").click()
    frame.get_by_label("Title in the course").fill("First")
    frame.get_by_label("Points").fill("10")
    frame.get_by_role("button", name="Keep it and choose another").click()
    frame.get_by_role("heading", name="Your choice: one link").wait_for()
    frame.get_by_role("link", name=f"Choose: {scenario.title}").click()
    frame.get_by_label("Title in the course").fill("Second")
    frame.get_by_role("button", name="Put everything into the course").click()
    # It goes on by itself.
    frame.get_by_role("heading", name="Added to the course").wait_for()
    (token,) = back.posted
    first, second = items_of(token)
    assert (first["title"], first["custom"]["points"], second["title"]) == ("First", "10", "Second")
    assert Assignment.objects.count() == 2
    assert complaints == []


def test_going_back_sends_nothing_unawares(page: Page, pages: Pages, back: Return, scenario: Any) -> None:
    frame = opened(page, pages, [])
    frame.get_by_role("link", name=f"Choose: {scenario.title}").click()
    frame.get_by_role("button", name="Put it into the course").click()
    frame.get_by_role("heading", name="Added to the course").wait_for()
    page.evaluate("history.back()")
    frame.get_by_text("This was sent to Moodle").wait_for()
    assert len(back.posted) == 1
    frame.get_by_role("button", name="Send it again").click()
    frame.get_by_role("heading", name="Added to the course").wait_for()
    assert items_of(back.posted[0]) == items_of(back.posted[1])
    assert Assignment.objects.count() == 1


def test_nothing_can_be_chosen_by_keyboard_alone_too(page: Page, pages: Pages, back: Return) -> None:
    frame = opened(page, pages, [])
    frame.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    frame.get_by_role("heading", name="Added to the course").wait_for()
    assert items_of(back.posted[0]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_picker_can_be_used_by_everybody(
    page: Page, pages: Pages, scenario: Any, scheme: Any
) -> None:
    """In a small frame, such as Moodle's and Canvas's dialogs are; axe-core looks at what is in it."""
    page.emulate_media(color_scheme=scheme)
    frame: Any = opened(page, pages, [])
    page.evaluate("Object.assign(document.querySelector('iframe'), { width: 600, height: 500 })")
    choice = frame.url
    frame.get_by_role("link", name=f"Choose: {scenario.title}").click()
    frame.get_by_role("button", name="Keep it and choose another").click()
    frame.wait_for_url(choice)
    for address in (choice, f"{choice}?show=again", f"{choice}new/?scenario={scenario.pk}"):
        frame.goto(address)
        assert grave(frame) == []
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
