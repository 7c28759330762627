from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti.keys import own
from lti.services import token
from tests.lti.conftest import PlatformKey
from tests.lti.registering.platform import RegisteringPlatform


@pytest.fixture
def platform(db: None, key: PlatformKey) -> Iterator[RegisteringPlatform]:
    """It knows our keys, as if it had read them just now."""
    token.forget_all()
    made = RegisteringPlatform(key)
    made.public_keys = own.public_keys()
    yield made
    made.close()
