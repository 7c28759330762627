"""A platform's own pages, for a browser: a course with our frame in it, the way to sign in, and storage by messages.

It has Moodle's habits that matter: what it wanted to launch is forgotten after the first authentication request.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti.message import claims as names
from tests.lti.conftest import CLIENT, PlatformKey, launch_claims

FORWARDING = "post_message_forwarding"
"""The frame that keeps things for tools, as Canvas names it."""
STORAGE = """
const kept = {};
addEventListener("message", (event) => {
  const { subject, message_id, key, value } = event.data;
  if (event.origin !== TOOL || !["lti.put_data", "lti.get_data"].includes(subject)) return;
  if (subject === "lti.put_data") kept[key] = value;
  const answer = { subject: `${subject}.response`, message_id, key, value: kept[key] };
  event.source.postMessage(answer, event.origin);
});
"""


@dataclass
class Pages:
    """A platform that launches `tool` (an origin). `asked` lists the paths of its requests in order."""

    tool: str
    key: PlatformKey
    claims: dict[str, Any] = field(default_factory=dict)
    """Changes to what it says of a launch."""
    storage: str = ""
    """What it offers as `lti_storage_target`; empty: nothing."""
    answers_storage: bool = True
    asked: list[str] = field(default_factory=list)
    hints: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def course(self, *, allow: str = "camera *; microphone *", frame: str = "/start") -> str:
        """The address of the course's page; `frame` is what it shows in its frame."""
        return f"{self.origin}/course?allow={allow.replace(' ', '+')}&frame={frame}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- its pages --------------------------------------------------------------------------------------

    def answer(self, path: str, asked: Mapping[str, str]) -> str | dict[str, Any] | None:
        if path == "/keys":
            return {"keys": [self.key.public_jwk]}
        if path == "/storage":
            return self._listening()
        page = {"/course": self._course, "/start": self._start, "/auth": self._auth}.get(path)
        return page(asked) if page else None

    def _course(self, asked: Mapping[str, str]) -> str:
        script = self._listening() if self.storage == "_parent" else ""
        frame, allow = escape(asked.get("frame", "")), escape(asked.get("allow", ""))
        if self.storage == FORWARDING:
            script = f'<iframe name="{FORWARDING}" src="/storage" hidden></iframe>'
        size = 'width="1000" height="800"'
        return f'<h1>Course</h1>{script}<iframe name="tool" {size} src="{frame}" allow="{allow}"></iframe>'

    def _listening(self) -> str:
        script = f"<script>const TOOL = {self.tool!r};{STORAGE}</script>"
        return script if self.answers_storage else "<p>Nobody listens.</p>"

    def _start(self, asked: Mapping[str, str]) -> str:
        hint = secrets.token_hex(4)
        self.hints.add(hint)
        begun = {
            "iss": self.origin,
            "client_id": CLIENT,
            "login_hint": "7",
            "lti_message_hint": hint,
            "target_link_uri": f"{self.tool}/lti/launch/",
            "lti_deployment_id": "1",
        }
        return posting(f"{self.tool}/lti/login/", begun | {"lti_storage_target": self.storage})

    def _auth(self, asked: Mapping[str, str]) -> str:
        hint = asked.get("lti_message_hint", "")
        if hint not in self.hints:
            return posting(asked["redirect_uri"], {"state": asked["state"], "error": "invalid_request"})
        self.hints.discard(hint)
        said = {"iss": self.origin, "nonce": asked["nonce"], names.TARGET: f"{self.tool}/lti/launch/"}
        token = self.key.sign(launch_claims(**{**said, **self.claims}))
        return posting(asked["redirect_uri"], {"state": asked["state"], "id_token": token})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                pages.asked.append(parts.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                found = pages.answer(parts.path, asked)
                self._send(found)

            def _send(self, found: str | dict[str, Any] | None) -> None:
                is_page = isinstance(found, str)
                content = f"<!doctype html>{found}" if is_page else json.dumps(found)
                self.send_response(404 if found is None else 200)
                self.send_header(
                    "Content-Type", "text/html; charset=utf-8" if is_page else "application/json"
                )
                self.send_header("Content-Length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


def posting(address: str, fields: Mapping[str, str]) -> str:
    """A page that posts a form by itself, as platforms do."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
        if value
    )
    return f'<form method="post" action="{escape(address)}">{inputs}</form><script>document.forms[0].submit()</script>'
