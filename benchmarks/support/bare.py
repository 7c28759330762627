"""The limit that the live benchmark compares with: a Channels consumer that only receives, and describes the sound.

Served by one daphne like the product. Once a second of sound it calls the same extraction (openSMILE, and the waveform
for jitter, shimmer and HNR), right there in the handler (no thread, no journal, no landmarks, no state, no answer):
less cannot be done with these parts.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from scoring.cues.voice import OVERLAP, RATE, describe

HEADER_SAMPLES = slice(12, 14)
"""Where a signal message says how many samples it ends with."""


def _application() -> Any:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenroom.settings")
    import django

    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer

    class BareConsumer(AsyncWebsocketConsumer):
        async def connect(self) -> None:
            self.sound = np.zeros(OVERLAP, dtype=np.int16)
            await self.accept()

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            if bytes_data is not None:
                samples = int.from_bytes(bytes_data[HEADER_SAMPLES], "little")
                part = np.frombuffer(bytes_data, dtype="<i2", offset=len(bytes_data) - 2 * samples)
                self.sound = np.concatenate([self.sound, part])
            if len(self.sound) >= RATE + OVERLAP:
                describe(self.sound)
                self.sound = self.sound[-OVERLAP:]

    return BareConsumer.as_asgi()


application = _application()
