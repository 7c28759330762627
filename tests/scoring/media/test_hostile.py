"""Files made to break things: each is read in full or ends as a MediaError, and none leads anywhere else."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.media.errors import MediaError
from scoring.media.limits import Limits
from scoring.media.opening import opened
from scoring.media.pictures import length_ms, pictures
from scoring.media.sound import read_sound

Make = Callable[..., Path]
VP8_START = b"\x9d\x01\x2a"
"""The start code of a keyframe; its width and height follow."""
TIGHT = Limits(longest_s=20, largest_bytes=1 << 22, max_side=640, max_pixels=640 * 480)


def what_it_is(path: Path, limits: Limits = TIGHT) -> set[str]:
    """Reads everything that can be read. Returns the codes of the errors; anything else that is raised is a fault."""
    codes = set()
    for read in (_pictures, read_sound, length_ms):
        try:
            read(path, limits)
        except MediaError as error:
            codes.add(error.code.value)
    return codes


def _pictures(path: Path, limits: Limits) -> None:
    with pictures(path, limits) as found:
        for picture in found:
            assert max(picture.rgb.shape[:2]) <= 640
            assert -1000 <= picture.t_ms <= limits.longest_s * 1000


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, make: Make, numbered: Callable, tone: Callable
) -> dict[str, bytes]:
    """A second of film and sound, as Chrome and Firefox (webm) and as Safari (mp4) write it."""
    folder = tmp_path_factory.mktemp("whole")
    films = {"webm": ("libvpx", "libopus"), "mp4": ("libx264", "aac")}
    return {
        kind: make(
            folder / f"a.{kind}", pictures=numbered(range(0, 1000, 66)), sound=tone(440, 1.0), codecs=codecs
        ).read_bytes()
        for kind, codecs in films.items()
    }


NO_MEDIA = {
    "empty": (b"", "empty"),
    "one byte": (b"\x1a", "wrong_type"),
    "text": (b"My answer, in words.\n" * 100, "wrong_type"),
    "page": (b"<!doctype html><script>fetch('/')</script>", "wrong_type"),
    "zeros": (bytes(100_000), "wrong_type"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(1000), "wrong_type"),
    "avi": (b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(1000), "wrong_type"),
    "playlist": (
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\nhttp://198.51.100.1/a.ts\n#EXT-X-ENDLIST\n",
        "wrong_type",
    ),
    "concat": (b"ffconcat version 1.0\nfile /etc/passwd\n", "wrong_type"),
    "sdp": (
        b"v=0\no=- 0 0 IN IP4 198.51.100.1\nc=IN IP4 198.51.100.1\nm=video 5004 RTP/AVP 96\n",
        "wrong_type",
    ),
    "dash": (b'<?xml version="1.0"?><MPD><BaseURL>http://198.51.100.1/</BaseURL></MPD>', "wrong_type"),
    "svg": (b'<svg><image href="file:///etc/passwd"/></svg>', "wrong_type"),
    "flv": (b"FLV\x01\x05\x00\x00\x00\x09" + bytes(1000), "wrong_type"),
    "transport stream": (b"\x47\x40\x00\x10" + bytes(184), "wrong_type"),
}


@pytest.mark.parametrize("name", NO_MEDIA)
@pytest.mark.parametrize("suffix", ["webm", "m3u8", "txt"])
def test_what_is_no_medium_is_said_to_be_none(tmp_path: Path, name: str, suffix: str) -> None:
    data, code = NO_MEDIA[name]
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(data)
    assert what_it_is(path) == {code}


def test_a_zip_is_no_medium(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.webm", "w") as archive:
        archive.writestr("a.txt", "x" * 1000)
    assert what_it_is(tmp_path / "a.webm") == {"wrong_type"}


@pytest.mark.parametrize("signature", ["1a45dfa3", "00000018667479706d703432", "4f676753", "664c6143", "000001ba",
                                       "494433", "fffb9064", "524946460000000057415645"])  # fmt: skip
def test_a_signature_and_noise_is_an_error(tmp_path: Path, signature: str) -> None:
    noise = np.random.default_rng(5).bytes(200_000)
    (tmp_path / "a.bin").write_bytes(bytes.fromhex(signature) + noise)
    assert what_it_is(tmp_path / "a.bin")


def test_what_is_no_plain_file_is_refused_and_nothing_hangs(tmp_path: Path, whole: dict[str, bytes]) -> None:
    real = tmp_path / "real.webm"
    real.write_bytes(whole["webm"])
    os.mkfifo(tmp_path / "pipe.webm")
    (tmp_path / "link.webm").symlink_to(real)
    (tmp_path / "folder.webm").mkdir()
    for name in ("pipe.webm", "link.webm", "folder.webm"):
        assert what_it_is(tmp_path / name) == {"wrong_type"}, name
    assert what_it_is(Path("/dev/zero")) == {"wrong_type"}
    assert what_it_is(tmp_path / "nowhere.webm") == {"unreadable"}


@pytest.mark.parametrize("kind", ["webm", "mp4"])
def test_cut_off_anywhere_it_is_read_so_far_or_an_error(
    tmp_path: Path, whole: dict[str, bytes], kind: str
) -> None:
    data = whole[kind]
    path = tmp_path / "a.bin"
    for cut in {*range(1, 64), *range(64, len(data), max(1, len(data) // 60))}:
        path.write_bytes(data[:cut])
        codes = what_it_is(path)
        assert cut > 4 or codes
    path.write_bytes(data)
    assert what_it_is(path) == set()


@pytest.mark.parametrize("kind", ["webm", "mp4"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_with_bytes_changed_anywhere_it_is_read_or_an_error(
    tmp_path: Path, whole: dict[str, bytes], kind: str, data: st.DataObject
) -> None:
    broken = bytearray(whole[kind])
    headers = st.integers(0, min(700, len(broken) - 1)) | st.integers(len(broken) - 1200, len(broken) - 1)
    places = data.draw(st.lists(headers | st.integers(0, len(broken) - 1), min_size=1, max_size=12))
    for place in places:
        broken[place] = data.draw(st.integers(0, 255) | st.sampled_from([0, 0x7F, 0x80, 0xFF]))
    (tmp_path / "a.bin").write_bytes(broken)
    what_it_is(tmp_path / "a.bin")


def test_a_declared_length_is_not_believed(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """A duration of centuries in the header of a second of film: the film is read."""
    data = bytearray(whole["mp4"])
    at = data.index(b"mvhd") + 4 + 16
    data[at : at + 4] = b"\x7f\xff\xff\xff"
    (tmp_path / "a.mp4").write_bytes(data)
    assert what_it_is(tmp_path / "a.mp4") == set()


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    """A wave file whose header promises 4 GB."""
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0xFFFFFFFF, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16,
                       b"data", 0xFFFFFFFF)  # fmt: skip
    (tmp_path / "a.wav").write_bytes(head + bytes(32_000))
    tracemalloc.start()
    try:
        assert len(read_sound(tmp_path / "a.wav", TIGHT)) == 16_000
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("side", [20_000, 65_535])
def test_a_track_that_claims_20000_pixels_costs_nothing(
    tmp_path: Path, whole: dict[str, bytes], side: int
) -> None:
    """The codec knows better: the picture is what it is, or the file is refused."""
    data = bytearray(whole["mp4"])
    at = data.index(b"avc1") + 4 + 24
    data[at : at + 4] = struct.pack(">HH", side, side)
    (tmp_path / "a.mp4").write_bytes(data)
    assert what_it_is(tmp_path / "a.mp4") <= {"too_large"}


def test_a_film_of_16383_pixels_is_refused(tmp_path: Path, make: Make, numbered: Callable) -> None:
    data = make(tmp_path / "a.webm", pictures=numbered(range(0, 1000, 100)), keyframes=1000).read_bytes()
    at = data.index(VP8_START) + len(VP8_START)
    (tmp_path / "b.webm").write_bytes(data[:at] + struct.pack("<HH", 16_383, 16_383) + data[at + 4 :])
    with pytest.raises(MediaError):
        list(pictures(tmp_path / "b.webm", Limits()))


def test_a_vp8_picture_that_grows_in_the_middle_is_not_decoded(
    tmp_path: Path, make: Make, numbered: Callable
) -> None:
    data = make(tmp_path / "a.webm", pictures=numbered(range(0, 1000, 100)), keyframes=5).read_bytes()
    second = data.index(VP8_START, data.index(VP8_START) + 1) + len(VP8_START)
    grown = data[:second] + struct.pack("<HH", 16_383, 16_383) + data[second + 4 :]
    (tmp_path / "b.webm").write_bytes(grown)
    with pictures(tmp_path / "b.webm", Limits()) as found:
        sizes = {picture.rgb.shape for picture in found}
    assert sizes == {(48, 64, 3)}
    assert found.undecodable > 0


def test_thousands_of_streams_are_refused(tmp_path: Path) -> None:
    entry = element(
        b"\xae", element(b"\xd7", b"\x01") + element(b"\x83", b"\x02") + element(b"\x86", b"A_OPUS")
    )
    tracks = element(b"\x16\x54\xae\x6b", entry * 5000)
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    (tmp_path / "a.webm").write_bytes(head + element(b"\x18\x53\x80\x67", tracks))
    assert what_it_is(tmp_path / "a.webm")


def element(number: bytes, content: bytes) -> bytes:
    """An element of EBML."""
    return number + (len(content) | 1 << 56).to_bytes(8, "big") + content


def test_an_mp4_that_names_another_file_does_not_read_it(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data reference ("alis" or "url ") to a file that is there: nothing but the file itself is opened."""
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(whole["mp4"])
    data = whole["mp4"]
    at = data.index(b"url ")
    address = f"file://{secret}".encode() + b"\0"
    named = element_mp4(b"url ", b"\x00\x00\x00\x00" + address)
    (tmp_path / "a.mp4").write_bytes(data[: at - 4] + named + data[at + 8 :])
    opened_too = _opened_files(monkeypatch)
    what_it_is(tmp_path / "a.mp4")
    assert set(opened_too) == {str(tmp_path / "a.mp4")}


def element_mp4(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def _opened_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the process opens from now on, by Python; FFmpeg itself is given no protocol to open anything with."""
    names: list[str] = []
    real = os.open

    def note(path: str, *more: int) -> int:
        names.append(str(path))
        return real(path, *more)

    monkeypatch.setattr(os, "open", note)
    return names


def test_ffmpeg_has_no_protocol(tmp_path: Path, whole: dict[str, bytes]) -> None:
    (tmp_path / "a.webm").write_bytes(whole["webm"])
    with opened(tmp_path / "a.webm", TIGHT) as source:
        assert source.container.options["protocol_whitelist"] == "none"
        assert str(tmp_path) not in source.container.name


def test_a_wrong_suffix_does_not_matter(tmp_path: Path, whole: dict[str, bytes]) -> None:
    for name, kind in (("a.mp4", "webm"), ("a.webm", "mp4"), ("a", "webm"), ("a.m3u8", "mp4")):
        (tmp_path / name).write_bytes(whole[kind])
        assert what_it_is(tmp_path / name) == set()


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3")
    os.truncate(path, (1 << 22) + 1)
    assert what_it_is(path) == {"too_large"}


def test_hours_in_a_small_file_are_too_long(tmp_path: Path, make: Make, numbered: Callable) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered([0, 100, 7_200_000]))
    assert "too_long" in what_it_is(path)


def test_many_pictures_at_one_time_are_bounded(tmp_path: Path, make: Make, numbered: Callable) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 120, 2)))
    with pytest.raises(MediaError, match="too_long"):
        list(pictures(path, Limits(longest_s=1, max_fps=40)))
