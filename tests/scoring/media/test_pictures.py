"""Pictures: ten a second by presentation time, upright, small, and the same wherever reading begins."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.media.errors import MediaError
from scoring.media.limits import Limits
from scoring.media.pictures import Picture, length_ms, pictures

Make = Callable[..., Path]
Numbered = Callable[..., Iterator[tuple[float, np.ndarray]]]


def read(path: Path, **more: float) -> list[Picture]:
    with pictures(path, Limits(), **more) as found:
        return list(found)


def numbers(found: list[Picture]) -> list[int]:
    """Which picture of `numbered` each is."""
    return [round((float(picture.rgb.mean()) - 20) / 5) for picture in found]


@pytest.mark.parametrize("name", ["a.webm", "a.mp4", "a.mkv"])
def test_thirty_a_second_become_ten(tmp_path: Path, make: Make, numbered: Numbered, name: str) -> None:
    times = [round(k * 1000 / 30) for k in range(90)]
    codec = "libx264" if name == "a.mp4" else "libvpx"
    found = read(make(tmp_path / name, pictures=numbered(times), codecs=(codec, "")))
    assert [p.t_ms for p in found] == pytest.approx([100 * k for k in range(30)], abs=1)
    assert numbers(found) == [3 * k % 40 for k in range(30)]


def test_slower_films_give_what_they_have(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    found = read(make(tmp_path / "a.webm", pictures=numbered(range(0, 3000, 250))))
    assert [p.t_ms for p in found] == list(range(0, 3000, 250))


def test_a_lost_second_gives_no_pictures(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    times = [*range(0, 980, 33), *range(2000, 2980, 33)]
    found = read(make(tmp_path / "a.webm", pictures=numbered(times)))
    assert not [p for p in found if 1000 < p.t_ms < 1990]
    assert len(found) == 20


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.integers(5, 400), min_size=5, max_size=40), cut=st.integers(1, 30))
def test_each_slot_gives_its_first_picture_wherever_reading_begins(
    tmp_path_factory: pytest.TempPathFactory, make: Make, numbered: Numbered, steps: list[int], cut: int
) -> None:
    times = [int(t) for t in np.cumsum([0, *steps])]
    path = make(tmp_path_factory.mktemp("p") / "a.webm", pictures=numbered(times), keyframes=7)
    slots = [(t + 10) // 100 for t in times]
    expected = [t for k, t in enumerate(times) if k == 0 or slots[k] != slots[k - 1]]
    whole = read(path)
    assert [round(p.t_ms) for p in whole] == expected
    part = read(path, from_ms=100 * cut)
    rest = [p for p in whole if (round(p.t_ms) + 10) // 100 >= cut]
    assert [p.t_ms for p in part] == [p.t_ms for p in rest]
    assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(part, rest, strict=True))


def test_a_file_without_an_index_is_resumed(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    """As a recorder leaves it when it is killed: no duration, no cues, one keyframe."""
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 5000, 33)), keyframes=1000)
    torn = tmp_path / "torn.webm"
    torn.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.9)])
    whole, part = read(torn), read(torn, from_ms=2000)
    assert len(whole) >= 40
    assert [p.t_ms for p in part] == [p.t_ms for p in whole if p.t_ms > 1990]


def test_large_pictures_are_made_smaller_and_small_ones_left(
    tmp_path: Path, make: Make, numbered: Numbered
) -> None:
    for size, expected in {
        (1280, 720): (360, 640),
        (360, 640): (640, 360),
        (606, 1080): (640, 359),
        (176, 144): (144, 176),
        (322, 242): (242, 322),
    }.items():
        path = make(tmp_path / f"{size[0]}.webm", pictures=numbered([0, 100], *size))
        assert read(path)[0].rgb.shape == (*expected, 3)


@pytest.mark.parametrize(
    ("ratio", "expected"), [(Fraction(16, 11), (144, 256)), (Fraction(1, 2), (288, 176))]
)
def test_pixels_become_square(
    tmp_path: Path, make: Make, numbered: Numbered, ratio: Fraction, expected: tuple[int, int]
) -> None:
    path = make(
        tmp_path / "a.mp4", pictures=numbered([0, 100], 176, 144), codecs=("libx264", ""), pixel_ratio=ratio
    )
    assert read(path)[0].rgb.shape == (*expected, 3)


TURNS = {
    "as it is": ((1, 0, 0, 1), lambda rgb: rgb),
    "quarter turn": ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
    "half turn": ((-1, 0, 0, -1), lambda rgb: np.rot90(rgb, 2)),
    "three quarters": ((0, -1, 1, 0), np.rot90),
    "mirrored": ((-1, 0, 0, 1), np.fliplr),
    "mirrored and turned": ((0, 1, 1, 0), lambda rgb: np.transpose(rgb, (1, 0, 2))),
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_phone_held_upright_gives_upright_pictures(tmp_path: Path, make: Make, turn: str) -> None:
    """By the display matrix of the file's track header."""
    (a, b, c, d), expected = TURNS[turn]
    corner = np.zeros((96, 128, 3), np.uint8)
    corner[:32, :64] = 200
    data = make(
        tmp_path / "a.mp4", pictures=[(0, corner), (100, corner)], codecs=("libx264", "")
    ).read_bytes()
    at = data.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(data[:at] + matrix + data[at + 36 :])
    rgb = read(turned)[0].rgb
    assert rgb.shape == expected(corner).shape
    assert np.abs(rgb.astype(int) - expected(corner)).mean() < 6


def test_the_size_may_change_in_the_middle(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    """Browsers change it when a window is shared or the network is poor: VP8 says its size in every keyframe."""
    large = make(tmp_path / "large.webm", pictures=numbered(range(0, 1000, 100), 320, 240))
    small = make(tmp_path / "small.webm", pictures=numbered(range(1000, 2000, 100), 160, 128))
    joined = tmp_path / "joined.webm"
    with av.open(str(large)) as first, av.open(str(small)) as second, av.open(str(joined), "w") as output:
        stream = output.add_stream_from_template(first.streams.video[0])
        for packet in (*first.demux(video=0), *second.demux(video=0)):
            if packet.pts is not None:
                packet.stream = stream
                output.mux(packet)
    assert [p.rgb.shape[:2] for p in read(joined)] == [(240, 320)] * 10 + [(128, 160)] * 10


def test_pictures_whose_time_does_not_go_on_are_left_out(
    tmp_path: Path, make: Make, numbered: Numbered
) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 2000, 100)))
    data = bytearray(path.read_bytes())
    blocks = [at for at in range(len(data) - 4) if data[at] == 0xA3]
    times = {int.from_bytes(data[at + 3 : at + 5], "big"): at + 3 for at in blocks}
    for late in (500, 600):
        data[times[late] : times[late] + 2] = (300).to_bytes(2, "big")
    broken = tmp_path / "broken.webm"
    broken.write_bytes(data)
    with pictures(broken, Limits()) as found:
        shown = [round(p.t_ms) for p in found]
    assert shown == sorted(set(shown))
    assert {0, 100, 200, 300, 400, 700, 1900} <= set(shown)
    assert found.out_of_order + found.undecodable >= 2


def test_what_cannot_be_decoded_in_the_middle_is_skipped_and_counted(
    tmp_path: Path, make: Make, numbered: Numbered
) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 3000, 100)), keyframes=5)
    with av.open(str(path)) as source:
        packets = [(p.pts, bytes(p)) for p in source.demux(video=0) if p.pts is not None]
    data = path.read_bytes()
    for t_ms, payload in packets:
        if 1000 <= t_ms < 1300:
            data = data.replace(payload, b"\xff" * len(payload))
    broken = tmp_path / "broken.webm"
    broken.write_bytes(data)
    with pictures(broken, Limits()) as found:
        times = [round(p.t_ms) for p in found]
    assert found.undecodable > 0
    assert set(range(0, 1000, 100)) | set(range(1500, 3000, 100)) <= set(times)


def test_the_length_is_known_without_decoding(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 3000, 40)))
    assert length_ms(path, Limits()) == pytest.approx(3000, abs=50)


def test_only_sound_is_no_picture(tmp_path: Path, make: Make, tone: Callable) -> None:
    path = make(tmp_path / "a.webm", sound=tone(500, 1.0))
    with pytest.raises(MediaError, match="no_picture"):
        read(path)
    with pytest.raises(MediaError, match="no_picture"):
        length_ms(path, Limits())


def test_too_long_and_too_many_are_said(tmp_path: Path, make: Make, numbered: Numbered) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 3000, 50)))
    for tight in (Limits(longest_s=2), Limits(longest_s=2.99, max_fps=10)):
        with pytest.raises(MediaError, match="too_long"):
            list(pictures(path, tight))
