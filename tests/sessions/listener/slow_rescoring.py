"""A rescoring in a process of its own that takes its time for each answer. Started by test_rescoring.py."""

from __future__ import annotations

import os
import sys
import time
import uuid
from typing import Any

import django

if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    settings.MEDIA_ROOT = os.environ["MEDIA_ROOT_OF_TEST"]
    from sessions.listener import actions, rescoring

    prepare = actions.prepare

    def slowly(*args: Any, **more: Any) -> Any:
        time.sleep(0.7)
        return prepare(*args, **more)

    actions.prepare = slowly
    rescoring.rescore(rescoring_id=uuid.UUID(sys.argv[1]))
