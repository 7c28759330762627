"""The other end of the browser's engine, for its tests alone: files, a live socket and an upload, in one ASGI app.

Run by daphne in a process of its own (see conftest.py). It knows as much of docs/live-protocol.md as the tests need:
it keeps every signal message it is sent, acknowledges them in `cues`, walks through the states, and can be told
to lose what is in flight, to cut the connection and to refuse an upload. Every answer carries the strict content
security policy of the product, and what a browser reports against it is kept.
"""

from __future__ import annotations

import asyncio
import base64
import json
import mimetypes
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

ROOT = Path(__file__).resolve().parents[3]
MEDIA = Path(os.environ["ENGINE_MEDIA"])
MODELS = Path(os.environ["ENGINE_MODELS"])
FOLDERS = {
    "/static/vendor/mediapipe/": ROOT / "node_modules/@mediapipe/tasks-vision",
    "/static/models/": MODELS,
    "/static/": ROOT / "static",
    "/media/": MEDIA,
}
TYPES = {".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript"}
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; report-uri /reports"
)
PAGE = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>engine</title><link rel=icon href=data:,><body>"
)
SIGNAL = struct.Struct("<BBHIIHBB")
Scope = dict[str, Any]


@dataclass
class Room:
    """One practice session as the peer sees it."""

    answer: int = 0
    name: str = "answering"
    resumes: str | None = None
    kept: list[bytes] = field(default_factory=list)
    arrived: int = 0
    repeated: int = 0
    gaps: int = 0
    verbs: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    sockets: int = 0
    lose_after: int | None = None
    refuse: int | None = None
    sends: Any = None

    def state(self) -> dict[str, Any]:
        answer = {"no": self.answer, "next_seq": len(self.kept), "stream_ms": self.stream_ms()}
        answer |= {"asked_ms": None, "speech_ms": None}
        question = {
            "no": self.answer,
            "of": 3,
            "id": "q",
            "text": "Why?",
            "thinking_s": 20,
            "expected_s": [45, 120],
        }
        return {
            "name": self.name,
            "resumes": self.resumes,
            "question": question,
            "answer": answer,
            "used_s": 0.0,
        }

    def stream_ms(self) -> int:
        return sum(SIGNAL.unpack_from(message)[5] for message in self.kept) // 16

    def summary(self) -> dict[str, Any]:
        kept = [base64.b64encode(message).decode() for message in self.kept]
        counts = {
            "arrived": self.arrived,
            "repeated": self.repeated,
            "gaps": self.gaps,
            "sockets": self.sockets,
        }
        return {"kept": kept, "verbs": self.verbs, "texts": self.texts, "state": self.state(), **counts}


@dataclass
class Upload:
    """One recording as the peer keeps it; `faults` are statuses to answer with, once each, before working."""

    content: bytearray = field(default_factory=bytearray)
    faults: list[int] = field(default_factory=list)
    complete: bool = False
    tokens: set[str] = field(default_factory=set)
    puts: int = 0


rooms: dict[str, Room] = {}
uploads: dict[str, Upload] = {}
reports: list[Any] = []


async def application(scope: Scope, receive: Any, send: Any) -> None:
    """HTTP and WebSocket; nothing else is asked of daphne."""
    if scope["type"] == "websocket":
        await live(scope, receive, send)
    elif scope["type"] == "http":
        await http(scope, receive, send)


async def http(scope: Scope, receive: Any, send: Any) -> None:
    body = await read_body(receive)
    path, query = scope["path"], {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
    status, kind, content = route(scope, path, query, body)
    headers = [(b"content-type", kind.encode()), (b"content-security-policy", POLICY.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def route(scope: Scope, path: str, query: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
    if path == "/":
        return 200, "text/html", PAGE
    if path == "/reports":
        if body:
            reports.append(json.loads(body))
        return as_json(200, reports)
    if path.startswith("/rooms/"):
        return as_json(200, control(path.split("/")[2], query))
    if path.startswith("/uploads/"):
        return upload(scope, path.split("/")[2], path, query, body)
    return file(path)


def as_json(status: int, value: Any) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(value).encode()


def file(path: str) -> tuple[int, str, bytes]:
    for prefix, folder in FOLDERS.items():
        if path.startswith(prefix):
            place = (folder / path.removeprefix(prefix)).resolve()
            if place.is_file() and place.is_relative_to(folder.resolve()):
                kind = TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0]
                return 200, kind or "application/octet-stream", place.read_bytes()
    return 404, "text/plain", b"not here"


def control(name: str, query: dict[str, str]) -> dict[str, Any]:
    """Look at a room, or change what it does: ?lose_after=N, ?refuse=CODE, ?cut=1, ?forget=N."""
    room = rooms.setdefault(name, Room())
    if "lose_after" in query:
        room.lose_after = int(query["lose_after"])
    if "refuse" in query:
        room.refuse = int(query["refuse"]) or None
    if "forget" in query:
        del room.kept[len(room.kept) - int(query["forget"]) :]
    if "cut" in query and room.sends is not None:
        room.sends.put_nowait(int(query["cut"]))
    return room.summary()


def upload(scope: Scope, name: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
    kept = uploads.setdefault(name, Upload())
    if "faults" in query:
        kept.faults = [int(code) for code in query["faults"].split(",")]
    token = dict(scope["headers"]).get(b"x-csrftoken", b"").decode()
    if scope["method"] == "PUT":
        kept.tokens.add(token)
        return put(kept, int(query["offset"]), body)
    if scope["method"] == "POST":
        kept.complete = True
    seen = {
        "offset": len(kept.content),
        "complete": kept.complete,
        "puts": kept.puts,
        "tokens": sorted(kept.tokens),
    }
    if query.get("content"):
        seen["content"] = base64.b64encode(kept.content).decode()
    return as_json(200, seen)


def put(kept: Upload, offset: int, body: bytes) -> tuple[int, str, bytes]:
    kept.puts += 1
    fault = kept.faults.pop(0) if kept.faults else 0
    if fault == 409:
        # As after an answer that was lost on the way: the bytes are there, the browser does not know it.
        kept.content[offset:] = body
        return as_json(409, {"offset": len(kept.content)})
    if fault:
        return as_json(fault, {"code": "too_large", "text": "This recording is too large."})
    if offset != len(kept.content):
        return as_json(409, {"offset": len(kept.content)})
    kept.content += body
    return as_json(200, {"offset": len(kept.content)})


async def read_body(receive: Any) -> bytes:
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            return body


async def live(scope: Scope, receive: Any, send: Any) -> None:
    """One socket of a room; a newer one takes it over."""
    room = rooms.setdefault(scope["path"].strip("/").split("/")[-1], Room())
    if room.sends is not None:
        room.sends.put_nowait(4001)
    outbox: asyncio.Queue[int | str] = asyncio.Queue()
    room.sends, room.sockets = outbox, room.sockets + 1
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    if room.refuse is not None:
        await send({"type": "websocket.close", "code": room.refuse})
        return
    writer = asyncio.create_task(write(outbox, send))
    say(outbox, type="welcome", version=1, session="s", hints=True, state=room.state())
    await read(room, outbox, receive)
    writer.cancel()
    if room.sends is outbox:
        room.sends = None


async def write(outbox: asyncio.Queue[int | str], send: Any) -> None:
    while True:
        item = await outbox.get()
        if isinstance(item, int):
            if item == 4001:
                await send({"type": "websocket.send", "text": json.dumps({"type": "taken_over"})})
            await send({"type": "websocket.close", "code": item})
            return
        await send({"type": "websocket.send", "text": item})


def say(outbox: asyncio.Queue[int | str], **message: Any) -> None:
    outbox.put_nowait(json.dumps(message))


async def read(room: Room, outbox: asyncio.Queue[int | str], receive: Any) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        if event.get("bytes") is not None:
            hear(room, outbox, event["bytes"])
        elif event.get("text"):
            obey(room, outbox, json.loads(event["text"]))


def hear(room: Room, outbox: asyncio.Queue[int | str], message: bytes) -> None:
    """Keep a signal message, or lose it as a cut line would, or say that there is a gap."""
    room.arrived += 1
    _, _, answer, seq, t_ms, *_ = SIGNAL.unpack_from(message)
    if room.lose_after is not None and room.arrived > room.lose_after:
        if room.arrived == room.lose_after + 4:
            room.lose_after = None
            outbox.put_nowait(4012)
        return
    if answer != room.answer:
        return
    if seq < len(room.kept):
        room.repeated += 1
    elif seq > len(room.kept):
        room.gaps += 1
        say(outbox, type="error", id=None, code="gap", text="", next_seq=len(room.kept))
    else:
        room.kept.append(message)
        if seq % 4 == 3:
            say(outbox, type="cues", answer=answer, next_seq=seq + 1, t_ms=t_ms, cues={}, hint=None)


def obey(room: Room, outbox: asyncio.Queue[int | str], message: dict[str, Any]) -> None:
    room.texts.append(message)
    if message["type"] == "ping":
        say(outbox, type="pong", id=message["id"])
    if message["type"] != "do":
        return
    verb = message["verb"]
    room.verbs.append({**message, "heard": len(room.kept)})
    if verb == "resume" and room.name != "paused":
        say(outbox, type="error", id=message["id"], code="not_now", text="Nothing is paused.")
        return
    if verb == "done":
        room.answer, room.kept, room.name = room.answer + 1, [], "asking"
    elif verb in ("pause", "resume"):
        room.name, room.resumes = ("paused", "answering") if verb == "pause" else ("answering", None)
    elif verb == "end":
        room.name = "done"
    say(outbox, type="state", id=message["id"], state=room.state())
    if verb == "end":
        outbox.put_nowait(1000)
