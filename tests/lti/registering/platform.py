"""A platform that can be registered with: configuration, registration, keys and tokens over real HTTP.

It checks what we send as Moodle and Canvas do: the registration's bearer token, and the signature of our client
assertion against the keys that we publish.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.lti.conftest import PlatformKey

TOKEN = "registration-token"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
ABOUT = "https://purl.imsglobal.org/spec/lti-platform-configuration"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    authorization: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RegisteringPlatform:
    """`instead` replaces the answer of a path: (status, JSON or bytes). `public_keys` are ours, as it reads them."""

    def __init__(self, key: PlatformKey) -> None:
        self.key = key
        self.client_id = "client-9"
        self.deployment_id: Any = "3"
        self.family = "moodle"
        self.issuer = ""
        self.extra: dict[str, Any] = {}
        self.instead: dict[str, tuple[int, Any]] = {}
        self.public_keys: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def configuration_url(self) -> str:
        return f"{self.origin}/mod/lti/openid-configuration.php"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def asked_at(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    # --- what it answers ------------------------------------------------------------------------------

    def configuration(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer or self.origin,
            "authorization_endpoint": f"{self.origin}/mod/lti/auth.php",
            "token_endpoint": f"{self.origin}/mod/lti/token.php",
            "jwks_uri": f"{self.origin}/mod/lti/certs.php",
            "registration_endpoint": f"{self.origin}/mod/lti/openid-registration.php",
            "id_token_signing_alg_values_supported": ["RS256"],
            ABOUT: {"product_family_code": self.family},
        }
        return {name: value for name, value in (found | self.extra).items() if value is not None}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path in self.instead:
            return self.instead[asked.path]
        match asked.path:
            case "/mod/lti/openid-configuration.php":
                return 200, self.configuration()
            case "/mod/lti/openid-registration.php":
                return self._registered(asked)
            case "/mod/lti/certs.php":
                return 200, {"keys": [self.key.public_jwk]}
            case "/mod/lti/token.php":
                return self._token(asked)
            case "/mod/lti/auth.php":
                return 400, b"<p>No message</p>"
        return 404, b"<p>Nothing here</p>"

    def _registered(self, asked: Asked) -> tuple[int, Any]:
        if asked.authorization != f"Bearer {TOKEN}":
            return 401, b"missing_registration_token"
        tool = asked.json[TOOL] | {"deployment_id": self.deployment_id}
        return 200, asked.json | {"client_id": self.client_id, TOOL: tool}

    def _token(self, asked: Asked) -> tuple[int, Any]:
        posted = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if not self._knows(posted.get("client_assertion", "")):
            return 400, {"error": "invalid_client"}
        return 200, {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600}

    def _knows(self, assertion: str) -> bool:
        known = {key["kid"]: key for key in self.public_keys}
        try:
            kid = jwt.get_unverified_header(assertion)["kid"]
            claims = jwt.decode(
                assertion,
                jwt.PyJWK(known[kid]).key,
                algorithms=["RS256"],
                audience=f"{self.origin}/mod/lti/token.php",
            )
        except (jwt.InvalidTokenError, KeyError):
            return False
        return bool(claims["sub"] == claims["iss"] == self.client_id)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("GET")

            def do_POST(self) -> None:
                self._answer("POST")

            def _answer(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = urlsplit(self.path).path
                asked = Asked(method, path, self.headers.get("Authorization", ""), body)
                platform.asked.append(asked)
                status, data = platform.answer(asked)
                content = data if isinstance(data, bytes) else json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler
