"""A platform of our own: real keys, real HTTP, and the habits of Moodle and Canvas that matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.lti.conftest import PlatformKey

Reply = tuple[int, Any]


class Platform:
    """Serves its key set at `/keys`; `replies` adds or replaces addresses. `asked` counts the requests by path."""

    def __init__(self, key: PlatformKey) -> None:
        self.keys = [key]
        self.replies: dict[str, Callable[[], Reply]] = {"/keys": self._key_set}
        self.asked: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _key_set(self) -> Reply:
        return 200, {"keys": [key.public_jwk for key in self.keys]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                platform.asked[path] = platform.asked.get(path, 0) + 1
                status, data = platform.replies.get(path, lambda: (404, {"error": "nothing here"}))()
                content = data if isinstance(data, bytes) else json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler
