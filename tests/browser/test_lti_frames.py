"""Greenroom in a learning platform's frame, in a real browser with its real rules for cookies.

The platform is at 127.0.0.1 and Greenroom at localhost: a browser takes them for two sites. What it does with cookies
in frames is set in its profile, as a person or an institution would set it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Institution
from lti.models import Deployment, DeploymentState, Identity, Login, Registration
from sessions.models import PracticeSession
from tests.browser.axe import grave
from tests.browser.conftest import CHROMIUM_FLAGS, find
from tests.lti.conftest import CLIENT, PlatformKey
from tests.lti.emulated_pages import FORWARDING, Pages

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page, Playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 45_000
THIRD_PARTY_BLOCKED: dict[str, Any] = {
    "profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}
}
LEARNER = {
    "https://purl.imsglobal.org/spec/lti/claim/roles": [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
    ]
}
WELCOMED = """async ([path, protocol]) => {
  const socket = new WebSocket(`ws://${location.host}${path}`, [protocol]);
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => { resolve(JSON.parse(data).type); socket.close(); });
    socket.addEventListener("close", ({ code }) => resolve(`closed ${code}`));
  });
}"""


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def tool(site: Any) -> str:
    return str(site.url.replace("127.0.0.1", "localhost"))


@pytest.fixture
def pages(tool: str, key: PlatformKey) -> Iterator[Pages]:
    made = Pages(tool, key, claims=dict(LEARNER))
    yield made
    made.close()


@pytest.fixture(scope="module")
def key() -> PlatformKey:
    return PlatformKey("one")


@pytest.fixture
def registration(pages: Pages, northfield: Institution, scenario: Any) -> Registration:
    made = Registration.objects.create(
        institution=northfield,
        name="Moodle",
        issuer=pages.origin,
        client_id=CLIENT,
        login_url=f"{pages.origin}/auth",
        token_url=f"{pages.origin}/token",
        keys_url=f"{pages.origin}/keys",
    )
    Deployment.objects.create(
        institution=northfield, registration=made, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    return made


Browse = Callable[..., AbstractContextManager["BrowserContext"]]


@pytest.fixture
def browse(playwright: Playwright, registration: Registration, media: Any, tmp_path: Path) -> Browse:
    """`with browse(profile) as context`: a browser with a profile of its own, set up as `settings` say."""

    @contextmanager
    def opened(settings: dict[str, Any] | None = None) -> Iterator[BrowserContext]:
        profile = tmp_path / "profile"
        (profile / "Default").mkdir(parents=True)
        (profile / "Default" / "Preferences").write_text(json.dumps(settings or {}))
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find("chromium"),
            args=[*CHROMIUM_FLAGS, f"--use-file-for-fake-audio-capture={media.tone}"],
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            context.close()

    return opened


def no_cookies_in_frames(tool: str, pages: Pages) -> dict[str, Any]:
    """The browser's own list of exceptions: none of the tool's cookies or storage below that platform's pages."""
    exception = {f"{tool},{pages.origin}": {"setting": 2}}
    return {"profile": {"content_settings": {"exceptions": {"cookies": exception}}}}


def open_course(context: BrowserContext, pages: Pages, **course: str) -> tuple[Page, Frame]:
    page = context.new_page()
    page.goto(pages.course(**course))
    frame = page.frame("tool")
    assert frame is not None
    return page, frame


def to_lobby(frame: Frame, scenario: Any) -> PracticeSession:
    frame.wait_for_url("**/practice/")
    frame.get_by_role("button", name=f"Practise: {scenario.title}").first.click()
    frame.wait_for_url("**/lobby/")
    return PracticeSession.objects.get()


def cookies_of(context: BrowserContext, tool: str) -> dict[str, dict[str, Any]]:
    return {found["name"]: dict(found) for found in context.cookies(tool)}


# --- with cookies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [{}, THIRD_PARTY_BLOCKED], ids=["allowed", "third_party_blocked"])
def test_a_student_practises_in_the_frame(
    browse: Browse, pages: Pages, tool: str, scenario: Any, profile: dict[str, Any]
) -> None:
    """Cookies kept apart by site hold in both, so nothing is asked of the person; pages, API and socket know them."""
    from sessions.live.protocol import SUBPROTOCOL

    with browse(profile) as context:
        documents: list[str] = []
        context.on("request", lambda asked: asked.is_navigation_request() and documents.append(asked.url))
        _, frame = open_course(context, pages)
        session = to_lobby(frame, scenario)
        assert session.user == Identity.objects.get().user
        found = cookies_of(context, tool)
        assert {cookie["sameSite"] for cookie in found.values()} == {"None"}
        assert all(cookie.get("partitionKey") for cookie in found.values()), found
        assert not [name for name in found if name.startswith("greenroom_lti_") or "probe" in name]
        socket = f"/live/practice/{session.pk}/"
        assert frame.evaluate(WELCOMED, [socket, SUBPROTOCOL]) == "welcome"
        with frame.page.expect_response("**/consent/") as answer:
            frame.get_by_role("switch", name="Practise with the camera").check()
        assert answer.value.status == 204
        assert frame.locator("#window-offer").is_hidden()
        # Ours were three pages on the way in: one more than the protocol has.
        assert ways(documents, tool)[:3] == ["/lti/login/", "/lti/launch/", "/practice/"]
        assert pages.asked.count("/auth") == 1


def ways(documents: list[str], tool: str) -> list[str]:
    return [address.removeprefix(tool) for address in documents if address.startswith(tool)]


def test_practice_itself_goes_on_in_the_frame(browse: Browse, pages: Pages, scenario: Any) -> None:
    with browse(THIRD_PARTY_BLOCKED) as context:
        _, frame = open_course(context, pages)
        session = to_lobby(frame, scenario)
        frame.get_by_role("button", name="Check my microphone").click()
        frame.wait_for_selector("#verdict-sound[data-kind='good'], #verdict-sound[data-kind='act']")
        frame.get_by_role("button", name="Begin").click()
        frame.wait_for_url(f"**/practice/{session.pk}/")
        # This profile denies the frame its storage as well, where "Begin" would be remembered: it is asked once more.
        frame.get_by_role("button", name="Begin").click()
        frame.wait_for_selector("#room[data-state='asking'], #room[data-state='answering']")


def test_another_origin_may_not_frame_it(
    browse: Browse, pages: Pages, tool: str, key: PlatformKey, scenario: Any
) -> None:
    """Of the same site as the platform, so that the session is there; but its pages are not shown."""
    other = Pages(tool, key)
    try:
        with browse() as context:
            open_course(context, pages)[1].wait_for_url("**/practice/")
            page = context.new_page()
            with page.expect_event("console", lambda line: "frame-ancestors" in line.text):
                page.goto(other.course(frame=f"{tool}/practice/"))
            assert page.frame_locator("iframe").get_by_role("heading", name="Practise").count() == 0
    finally:
        other.close()


def test_signing_out_in_the_frame_says_how_to_come_back(
    browse: Browse, pages: Pages, tool: str, scenario: Any
) -> None:
    with browse(THIRD_PARTY_BLOCKED) as context:
        page, frame = open_course(context, pages)
        frame.wait_for_url("**/practice/")
        frame.locator("details.menu > summary").click()
        frame.get_by_role("button", name="Sign out").click()
        frame.get_by_role("heading", name="You are signed out here").wait_for()
        assert "greenroom_session" not in cookies_of(context, tool)
        page.reload()
        again = page.frame("tool")
        assert again is not None
        again.wait_for_url("**/practice/")


def test_in_a_window_the_session_is_an_ordinary_one(
    browse: Browse, pages: Pages, tool: str, scenario: Any
) -> None:
    with browse(THIRD_PARTY_BLOCKED) as context:
        page = context.new_page()
        page.goto(f"{pages.origin}/start")
        page.wait_for_url("**/practice/")
        session = cookies_of(context, tool)["greenroom_session"]
        assert (session["sameSite"], session.get("partitionKey")) == ("Lax", None)


# --- without cookies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("storage", ["_parent", FORWARDING])
def test_without_cookies_the_platforms_storage_brings_one_to_a_window(
    browse: Browse, pages: Pages, tool: str, scenario: Any, storage: str
) -> None:
    pages.storage = storage
    with browse(no_cookies_in_frames(tool, pages)) as context:
        _, frame = open_course(context, pages)
        button = frame.get_by_role("button", name="Open Greenroom")
        button.wait_for()
        assert frame.url.endswith("/lti/launch/")
        assert grave(frame) == []
        with context.expect_page() as opened:
            button.click()
        opened.value.wait_for_url("**/practice/")
        frame.get_by_text("Greenroom is open in another window").wait_for()
        assert pages.asked.count("/auth") == 1
        assert Login.objects.count() == 1


@pytest.mark.parametrize("storage", ["", "_parent", "no_such_frame"])
def test_without_cookies_and_storage_the_launch_begins_anew_in_a_window(
    browse: Browse, pages: Pages, tool: str, scenario: Any, storage: str
) -> None:
    """The platform was not asked before, so it still knows what it launches."""
    pages.storage, pages.answers_storage = storage, False
    with browse(no_cookies_in_frames(tool, pages)) as context:
        _, frame = open_course(context, pages)
        button = frame.get_by_role("button", name="Open Greenroom")
        button.wait_for()
        assert frame.url.endswith("/lti/login/")
        assert grave(frame) == []
        assert pages.asked.count("/auth") == 0
        with context.expect_page() as opened:
            button.click()
        opened.value.wait_for_url("**/practice/")
        frame.get_by_text("Greenroom is open in another window").wait_for()
        assert pages.asked.count("/auth") == 1


# --- camera and microphone ------------------------------------------------------------------------------


def test_a_frame_without_camera_and_microphone_offers_a_window(
    browse: Browse, pages: Pages, tool: str, scenario: Any
) -> None:
    with browse(THIRD_PARTY_BLOCKED) as context:
        _, frame = open_course(context, pages, allow="fullscreen")
        session = to_lobby(frame, scenario)
        offer = frame.get_by_role("button", name="Open this page in a window of its own")
        offer.wait_for()
        assert grave(frame) == []
        with context.expect_page() as opened:
            offer.click()
        window = opened.value
        window.wait_for_url(f"**/{session.pk}/lobby/")
        frame.get_by_text("Greenroom is open in another window").wait_for()
        assert window.locator("#window-offer").count() == 0
        window.get_by_role("button", name=re.compile("^Check my microphone")).click()
        window.wait_for_selector("#verdict-sound[data-kind='good'], #verdict-sound[data-kind='act']")
        frame.get_by_role("button", name="Check my microphone").click()
        offer.wait_for()
        assert frame.get_by_text("does not allow the microphone").count() == 0


def test_an_interview_that_goes_on_in_such_a_frame_offers_the_window_too(
    browse: Browse, pages: Pages, tool: str, scenario: Any
) -> None:
    with browse(THIRD_PARTY_BLOCKED) as context:
        _, frame = open_course(context, pages, allow="fullscreen")
        session = to_lobby(frame, scenario)
        frame.goto(f"{tool}/practice/{session.pk}/")
        frame.get_by_role("button", name="Begin").click()
        with context.expect_page() as opened:
            frame.get_by_role("button", name="Open this page in a window of its own").click()
        frame.get_by_role("heading", name="Greenroom is open in another window").wait_for()
        opened.value.wait_for_url(f"**/practice/{session.pk}/")
        opened.value.get_by_role("button", name="Begin").click()
        opened.value.wait_for_selector("#room[data-state='asking'], #room[data-state='answering']")


def test_without_scripts_there_is_a_button_as_well(
    browse: Browse, pages: Pages, tool: str, scenario: Any
) -> None:
    """`window.js` does not arrive; the form leads to the page with the button."""
    with browse() as context:
        context.route("**/lti/window.js", lambda route: route.abort())
        _, frame = open_course(context, pages, allow="fullscreen")
        to_lobby(frame, scenario)
        frame.get_by_role("button", name="Open this page in a window of its own").click()
        button = frame.get_by_role("button", name="Open Greenroom")
        with context.expect_page() as opened:
            button.click()
        opened.value.wait_for_url("**/lobby/")
