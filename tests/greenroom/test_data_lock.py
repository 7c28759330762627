"""One process owns a data folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom.data_lock import DataInUse, in_use, owned, refuse_if_used

OWN = """
import sys, time
from pathlib import Path
from greenroom.data_lock import owned
with owned(Path(sys.argv[1]), what="Greenroom", port=8123):
    print("owned", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", OWN, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "owned\n"
        yield process
        process.kill()


def test_the_second_one_is_told_who_has_it(tmp_path: Path, owner: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(DataInUse, match=rf"Greenroom \(process {owner.pid} on port 8123\)"),
        owned(tmp_path, what="x"),
    ):
        pytest.fail("two owners")


def test_asking_does_not_take_it(tmp_path: Path, owner: subprocess.Popen[str]) -> None:
    assert str(owner.pid) in (in_use(tmp_path) or "")
    with pytest.raises(DataInUse):
        refuse_if_used(tmp_path)
    assert str(owner.pid) in (in_use(tmp_path) or "")


def test_kill_9_gives_it_free(tmp_path: Path, owner: subprocess.Popen[str]) -> None:
    owner.kill()
    owner.wait()
    assert in_use(tmp_path) is None
    with owned(tmp_path, what="the next"):
        pass


def test_a_folder_that_does_not_exist_is_not_in_use_and_not_made(tmp_path: Path) -> None:
    assert in_use(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
