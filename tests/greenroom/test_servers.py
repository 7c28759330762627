"""On real servers: the pieces that differ from one machine to many. Run where DATABASE_URL and REDIS_URL are set."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

import pytest
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.servers

SEND = """
import asyncio, sys
import django
django.setup()
from channels.layers import get_channel_layer
asyncio.run(get_channel_layer().send(sys.argv[1], {"type": "said", "word": sys.argv[2]}))
"""


@pytest.mark.django_db
def test_the_database_is_the_server_and_not_the_embedded_one() -> None:
    assert connection.settings_dict["HOST"] == "127.0.0.1"
    assert connection.vendor == "postgresql"


@pytest.mark.django_db
def test_all_parts_are_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200, response.content


async def test_the_layer_carries_a_message_from_another_process() -> None:
    layer = get_channel_layer()
    assert layer is not None
    channel, word = await layer.new_channel(), uuid.uuid4().hex
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "greenroom.settings"}
    subprocess.run([sys.executable, "-c", SEND, channel, word], check=True, env=environment)
    assert (await layer.receive(channel))["word"] == word


def test_what_one_process_counts_another_sees() -> None:
    key = f"test-{uuid.uuid4().hex}"
    cache.set(key, 1, timeout=60)
    assert "redis" in type(cache._connections[cache._alias]).__module__.lower()
    assert cache.incr(key) == 2
