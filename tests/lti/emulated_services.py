"""A platform's services: access tokens, line items with scores, rosters. Real HTTP, real signatures, and the habits
that a tool stumbles over: expiring tokens, the rule of rising timestamps (409), grades that another `gradingProgress`
erases, page tokens whose case matters, being busy, being slow."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GRANTED = frozenset({f"{AGS}lineitem", f"{AGS}lineitem.readonly", f"{AGS}score", NRPS})
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    def __init__(self, status: int, error: str = "refused") -> None:
        super().__init__(error)
        self.reply = Reply(status, {"error": error})


class Services:
    """One course of a platform. Public fields are what a test sets and reads."""

    def __init__(self, tool_keys: list[dict[str, Any]], client_id: str) -> None:
        self.tool_keys, self.client_id = tool_keys, client_id
        self.granted = set(GRANTED)
        self.token_uses: int | None = None
        """After so many requests a token is taken no more; None: an hour."""
        self.items: dict[str, dict[str, Any]] = {}
        self.grades: dict[tuple[str, str], dict[str, Any]] = {}
        self.unknown_people: set[str] = set()
        self.members: list[Any] = []
        self.page_size = 50
        self.relative_links = False
        self.next_origin = ""
        self.failures: dict[str, list[int]] = {}
        """Statuses that an address gives before it works, by path; the last one for ever where it is negative."""
        self.slow_s: dict[str, float] = {}
        self.asked: list[Asked] = []
        self._tokens: dict[str, tuple[set[str], int]] = {}
        self._seen: set[str] = set()
        self._pages: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def token_url(self) -> str:
        return f"{self.origin}/token"

    @property
    def items_url(self) -> str:
        return f"{self.origin}/items?type_id=3"

    @property
    def roster_url(self) -> str:
        return f"{self.origin}/members"

    def item_url(self, key: str) -> str:
        return f"{self.origin}/items/{key}/lineitem?type_id=3"

    def add_item(self, key: str, **about: Any) -> str:
        self.items[key] = {"label": "Practise", "scoreMaximum": 10, **about}
        return self.item_url(key)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def count(self, method: str, path: str) -> int:
        return sum(1 for one in self.asked if (one.method, one.path) == (method, path))

    @property
    def scores(self) -> list[Asked]:
        return [one for one in self.asked if one.path.endswith("/scores")]

    # --- answers

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        time.sleep(self.slow_s.get(asked.path, 0))
        failing = self.failures.get(asked.path, [])
        if failing:
            status = failing[0] if failing[0] < 0 else failing.pop(0)
            return Reply(abs(status), {"error": "told_to_fail"})
        try:
            return self._routed(asked)
        except Refusal as refusal:
            return refusal.reply

    def _routed(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if asked.path == "/token":
            return self._token(asked)
        if parts[0] == "members":
            return self._members(asked)
        if parts == ["items"]:
            return self._make(asked) if asked.method == "POST" else self._items(asked)
        if len(parts) == 4 and parts[0] == "items" and parts[2:] == ["lineitem", "scores"]:
            return self._score(asked, parts[1])
        raise Refusal(404)

    def _token(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type")
        self._check_assertion(form.get("client_assertion", ""))
        scopes = set(form.get("scope", "").split())
        if not scopes or not scopes <= self.granted:
            raise Refusal(400, "invalid_scope")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = scopes, 0
        said = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(scopes)}
        return Reply(200, said)

    def _check_assertion(self, assertion: str) -> None:
        try:
            kid = jwt.get_unverified_header(assertion)["kid"]
            key = next(key for key in self.tool_keys if key["kid"] == kid)
            claims = jwt.decode(
                assertion,
                jwt.PyJWK(key),
                algorithms=["RS256"],
                audience=self.token_url,
                issuer=self.client_id,
                options={"require": ["exp", "iat", "jti", "sub"]},
            )
        except (jwt.PyJWTError, StopIteration, KeyError) as error:
            raise Refusal(401, "invalid_client") from error
        if (
            claims["sub"] != self.client_id
            or claims["jti"] in self._seen
            or claims["exp"] - claims["iat"] > 300
        ):
            raise Refusal(401, "invalid_client")
        self._seen.add(claims["jti"])

    def _authorise(self, asked: Asked, *scopes: str) -> None:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        granted, uses = self._tokens.get(token, (set(), 0))
        if not granted or (self.token_uses is not None and uses >= self.token_uses):
            raise Refusal(401, "invalid_token")
        self._tokens[token] = granted, uses + 1
        if not granted & set(scopes):
            raise Refusal(403, "insufficient_scope")

    # --- line items

    def _items(self, asked: Asked) -> Reply:
        self._authorise(asked, f"{AGS}lineitem", f"{AGS}lineitem.readonly")
        if asked.headers.get("accept") != ITEMS:
            raise Refusal(406)
        words = {name: values[0] for name, values in parse_qs(asked.query).items()}
        names = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
        wanted = {names[name]: value for name, value in words.items() if name in names}
        found = [
            {"id": self.item_url(key), **item}
            for key, item in self.items.items()
            if all(item.get(name) == value for name, value in wanted.items())
        ]
        return Reply(200, found)

    def _make(self, asked: Asked) -> Reply:
        self._authorise(asked, f"{AGS}lineitem")
        if asked.headers.get("content-type") != ITEM:
            raise Refusal(415)
        said = json.loads(asked.body)
        if not said.get("label") or not said.get("scoreMaximum"):
            raise Refusal(400)
        key = f"made{len(self.items) + 1}"
        self.items[key] = said
        return Reply(201, {"id": self.item_url(key), **said})

    def _score(self, asked: Asked, key: str) -> Reply:
        self._authorise(asked, f"{AGS}score")
        if asked.headers.get("content-type") != SCORE or "type_id=3" not in asked.query:
            raise Refusal(400)
        if key not in self.items:
            raise Refusal(404)
        said = json.loads(asked.body)
        if said["userId"] in self.unknown_people:
            raise Refusal(404)
        if "scoreGiven" in said and "scoreMaximum" not in said:
            raise Refusal(400)
        at = datetime.fromisoformat(said["timestamp"])
        before = self.grades.get((key, said["userId"]))
        if before is not None and before["at"] >= at:
            raise Refusal(409, "earlier_timestamp")
        given = said.get("scoreGiven") if said["gradingProgress"] == "FullyGraded" else None
        self.grades[key, said["userId"]] = {"given": given, "most": said.get("scoreMaximum"), "at": at}
        return Reply(200)

    # --- the roster

    def _members(self, asked: Asked) -> Reply:
        self._authorise(asked, NRPS)
        if asked.headers.get("accept") != MEMBERS:
            raise Refusal(406)
        words = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if "page" in words and words["page"] not in self._pages:
            raise Refusal(404, "no_such_page")
        begin = self._pages[words["page"]] if "page" in words else 0
        size = min(int(words.get("limit", self.page_size)), self.page_size)
        end = begin + size
        headers = {}
        if end < len(self.members):
            token = f"aB{secrets.token_hex(4)}Cd{end}"
            self._pages[token] = end
            target = f"/members?page={token}&limit={size}"
            base = "" if self.relative_links else self.next_origin or self.origin
            headers["Link"] = f'<{self.origin}/members>; rel="first", <{base}{target}>; rel="next"'
        said = {"id": self.roster_url, "context": {"id": "course-7"}, "members": self.members[begin:end]}
        return Reply(200, said, headers)

    # --- the server

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._do()

            def do_POST(self) -> None:
                self._do()

            def _do(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = services.answer(Asked(self.command, parts.path, parts.query, body, headers))
                content = b"" if reply.data is None else _bytes(reply.data)
                self.send_response(reply.status)
                for name, value in {**reply.headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


def _bytes(data: Any) -> bytes:
    return data if isinstance(data, bytes) else json.dumps(data).encode()
