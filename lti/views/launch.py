"""A launch over HTTP: the platform begins it at `login` and posts its message to `launch`, both through the browser.

The secret that ties the two requests to one browser is in a cookie that holds in frames. Where a browser keeps none,
the platform's own storage keeps it (1EdTech LTI Client Side postMessages 1.0), if the platform offers that; else the
launch goes on in a window, where the cookie is our own. This is found out before the platform is asked, because Moodle
forgets what it wanted to launch once it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lti.choosing.selections import begin as begin_choice
from lti.errors import LaunchRefused
from lti.frames import sign_in
from lti.frames.cookies import forget, keep
from lti.frames.policy import ANYBODY, allow, in_frame, origin_of, origins_of
from lti.keys.own import public_keys
from lti.launch.arrival import Arrived, arrive
from lti.launch.login import LIFETIME, Begun, begin, cookie_of, login_by
from lti.message.claims import MessageType
from lti.models import ADDRESS, Login, Registration
from lti.people.entering import Entered, enter
from lti.people.ways import way
from lti.views.fields import fields
from lti.views.refusal import refused
from lti.views.window import is_from_here, page_with_way_out

NOTED_EVERY = timedelta(minutes=1)

PATH = "/lti/"
"""Of the login's cookie: nothing else needs it."""


# --- the platform begins --------------------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    try:
        asked = fields(request)
        ours = is_ours(request)(asked.get("target_link_uri", ""))
        begun = begin(asked, launch_url=launch_url(request), is_ours=ours)
    except LaunchRefused as error:
        return _refused(request, error, None)
    response = _look_first(request, asked, begun) if in_frame(request) else HttpResponseRedirect(begun.url)
    seconds = int(LIFETIME.total_seconds())
    keep(response, request, begun.cookie, begun.browser, path=PATH, seconds=seconds)
    return response


def _look_first(request: HttpRequest, asked: dict[str, str], begun: Begun) -> HttpResponse:
    """In a frame: a page that goes on by itself where cookies or storage are to be had, and else offers a window."""
    storage = {
        "target": begun.storage,
        "origin": origin_of(begun.registration.login_url),
        "key": begun.cookie,
        "value": begun.browser,
    }
    page = {"begun": begun, "asked": asked, "storage": storage}
    response = render(request, "lti/going_on.html", page)
    # Browsers hold a form to `form-action` through all redirects: this one goes on to the platform, and from there to
    # wherever people sign in. The page holds no other form.
    setattr(response, "_csp_replace", {"form-action": [SELF, "https:", "http:"]})  # noqa: B010
    allow(response, origins_of(begun.registration))
    return response


# --- the platform's message comes back ------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def launch(request: HttpRequest) -> HttpResponse:
    """The one address of every launch, as `target_link_uri` and as `redirect_uri`."""
    if request.method != "POST":
        response = render(request, "lti/from_your_course.html")
        allow(response, ANYBODY)
        return response
    state = ""
    try:
        posted = fields(request)
        state = posted.get("state", "")
        return _launched(request, posted, state)
    except LaunchRefused as error:
        begun = login_by(state)
        return _refused(request, error, begun.registration if begun else None)


def _launched(request: HttpRequest, posted: dict[str, str], state: str) -> HttpResponse:
    cookie = cookie_of(state)
    kept = request.COOKIES.get(cookie, "")
    if not kept and posted.get("id_token") and "browser" not in posted:
        begun = login_by(state)
        if begun is not None and begun.storage:
            return _ask_storage(request, posted, begun)
    arrived = arrive(posted, browser=kept or _told(request, posted), is_ours=is_ours(request))
    try:
        entered = enter(arrived)
        path = _path(arrived, entered)
    except LaunchRefused as error:
        return _refused(request, error, arrived.registration, arrived.message.return_url)
    _note_launch(arrived.registration)
    response = (
        _go(request, arrived, entered, path) if kept else _offer_window(request, arrived, entered, path)
    )
    forget(response, request, cookie, path=PATH)
    return response


def _note_launch(registration: Registration) -> None:
    """Once a minute: a class that begins together would wait in line for this one row."""
    now = timezone.now()
    if registration.last_launch_at is None or now - registration.last_launch_at > NOTED_EVERY:
        Registration.objects.filter(pk=registration.pk).update(last_launch_at=now)


def _told(request: HttpRequest, posted: dict[str, str]) -> str:
    """The secret that our own page had from the platform's storage.

    From another page it could be somebody else's: a launch begun by them, which would sign this browser in as them.
    """
    return posted.get("browser", "") if is_from_here(request) else ""


def _path(arrived: Arrived, entered: Entered) -> str:
    if arrived.message.type is MessageType.DEEP_LINKING:
        return begin_choice(arrived, entered)
    return way(arrived, entered)


def _go(request: HttpRequest, arrived: Arrived, entered: Entered, path: str) -> HttpResponse:
    framed_by = origins_of(arrived.registration) if in_frame(request) else None
    sign_in(request, entered, framed_by=framed_by)
    return HttpResponseRedirect(path)


def _offer_window(request: HttpRequest, arrived: Arrived, entered: Entered, path: str) -> HttpResponse:
    """The browser keeps no cookie here, so no session either: everything else happens in a window."""
    response = page_with_way_out(request, entered.user, entered.membership.institution, path)
    allow(response, origins_of(arrived.registration))
    return response


def _ask_storage(request: HttpRequest, posted: dict[str, str], begun: Login) -> HttpResponse:
    """A page that asks the platform's storage for the browser's secret, and posts the message here again with it.

    It posts again also where the storage says nothing; the empty field is then refused like a missing cookie.
    """
    origin = origin_of(begun.registration.login_url)
    storage = {"target": begun.storage, "origin": origin, "key": cookie_of(posted["state"])}
    again = {name: posted[name] for name in ("state", "id_token")}
    response = render(request, "lti/storage.html", {"storage": storage, "again": again})
    allow(response, origins_of(begun.registration))
    return response


def _refused(
    request: HttpRequest, error: LaunchRefused, registration: Registration | None, return_url: str = ""
) -> HttpResponse:
    response = refused(request, error, registration, return_url=return_url)
    allow(response, origins_of(registration) if registration else ANYBODY)
    return response


# --- addresses ------------------------------------------------------------------------------------------


def launch_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("lti:launch"))


def is_ours(request: HttpRequest) -> Callable[[str], bool]:
    """Whether an address is the one that launches open here, with any query."""
    wanted = launch_url(request)

    def ours(address: str) -> bool:
        try:
            path = urlsplit(address).path
        except ValueError:
            return False
        same = origin_of(address) == origin_of(wanted) and path == urlsplit(wanted).path
        return same and len(address) <= ADDRESS

    return ours


@require_safe
@cache_control(public=True, max_age=600)
def jwks(request: HttpRequest) -> HttpResponse:
    """Our public keys. A replaced one stays for days, so a platform that keeps them for ten minutes misses nothing."""
    return JsonResponse({"keys": public_keys()})
