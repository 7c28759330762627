"""An administrator connects a platform: by hand, with a mistake that is put right, and by a link in a frame of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import Institution
from lti.http import ask
from lti.models import Product, Registration
from lti.registering import links
from tests.browser.axe import grave
from tests.lti.conftest import PlatformKey
from tests.lti.registering.platform import TOKEN, RegisteringPlatform

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA = "ada@demo.greenroom.example"
OVERFLOWS = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def platform(site: Any) -> Iterator[RegisteringPlatform]:
    """It has read the site's own keys, which the site makes when it is first asked."""
    made = RegisteringPlatform(PlatformKey("one"))
    made.public_keys = ask("GET", f"{site.url}{reverse('lti:jwks')}").data["keys"]
    yield made
    made.close()


def sound(page: Page) -> None:
    """In both themes without a serious finding, and nothing beside the screen on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert grave(page) == []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(OVERFLOWS)


def test_by_hand_with_a_mistake(visit: Callable[..., None], platform: RegisteringPlatform) -> None:
    def look(page: Page) -> None:
        page.get_by_role("heading", name="No platform is connected yet").wait_for()
        sound(page)
        page.get_by_role("link", name="Moodle by hand").click()
        page.get_by_label("Name").fill("Our Moodle")
        page.get_by_label("Address of the Moodle site").fill(platform.origin)
        page.get_by_label("Client ID").fill("nobody")
        page.get_by_role("button", name="Check and save").click()
        page.get_by_text("does not know this client ID").wait_for()
        sound(page)
        page.get_by_role("button", name="Copy Tool URL").click()
        page.locator("[data-copied]:not(:empty)").wait_for()
        page.get_by_label("Client ID").fill(platform.client_id)
        page.get_by_role("button", name="Check and save").click()
        page.get_by_text("The platform answers as it should.").wait_for()
        page.get_by_label("Deployment ID").fill("7")
        page.get_by_role("button", name="Accept it in advance").click()
        page.get_by_text("Accepted").wait_for()
        page.get_by_role("button", name="Check now").click()
        page.get_by_text("The platform publishes 1 key.").wait_for()
        sound(page)
        page.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Delete this platform").wait_for()
        sound(page)

    visit(ADA, reverse("lti:registrations"), look)
    assert Registration.objects.get().deployments.get().deployment_id == "7"


def test_by_a_link_in_the_platforms_frame(
    site: Any,
    open_page: Any,
    platform: RegisteringPlatform,
    northfield: Institution,
    ada: Any,
) -> None:
    made = links.make(institution=northfield, product=Product.MOODLE, name="Our Moodle", by=ada)
    tool = site.url.replace("127.0.0.1", "localhost")
    words = {"openid_configuration": platform.configuration_url, "registration_token": TOKEN}
    link = f"{tool}{reverse('lti:register', args=[made.token])}?{urlencode(words)}"
    platform.instead["/manage-tools"] = (200, manage_tools(link))
    with open_page("about:blank") as page:
        page.goto(f"{platform.origin}/manage-tools")
        frame = page.frame_locator("iframe")
        frame.get_by_role("heading", name="Greenroom is connected").wait_for()
        assert grave(page) == []
        frame.get_by_role("button", name="Close").click()
        page.get_by_text("org.imsglobal.lti.close").wait_for()
    assert Registration.objects.get().issuer == platform.origin


def manage_tools(link: str) -> bytes:
    """The platform's own page: our link in a frame, and what that frame tells it."""
    source = link.replace("&", "&amp;")
    return f"""<!doctype html><html lang="en"><title>Manage tools</title><main><h1>Manage tools</h1>
<p id="told"></p><iframe title="Tool" src="{source}" width="600" height="600"></iframe></main>
<script>
addEventListener("message", (event) => {{ document.getElementById("told").textContent = event.data.subject; }});
</script></html>""".encode()
