"""Heads: the canonical face, turned by the same rotation that the measurement finds, as the camera sees it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics import units
from analytics.explain.figures import svg
from analytics.explain.figures.svg import Figure, Point
from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.face import valence
from scoring.cues.head_pose import rotation_of

OVAL = (10, -1, 454, 323, 288, 397, 365, 152, 136, 172, 58, 93, 234, -2)
FOREHEAD = {-1: (4.9, 7.0, 3.2), -2: (-4.9, 7.0, 3.2)}
"""Two points between temples and crown that are not among the ones measured: without them the outline is a kite."""
LINES = ((70, 105, 107), (336, 334, 300), (168, 6, 197, 195, 5, 4), (98, 2, 327))
EYES = ((33, 159, 133, 145), (362, 386, 263, 374))
LIPS = ((61, 0, 291), (61, 17, 291))
UNIT = 5.6
"""Units of the drawing for a centimetre of the face."""

Shift = Mapping[int, tuple[float, float, float]]
LIFT_CM, CHEEKS_CM, BROWS_CM = 0.9, 0.3, 0.6
"""How far the corners and the cheeks go up in the drawing of a smile, and the brows down in the other one."""
LIFTED: Shift = {61: (-0.5, LIFT_CM, 0), 291: (0.5, LIFT_CM, 0), 0: (0, 0.15, 0), 17: (0, -0.25, 0)}
"""Centimetres by which points of the mouth move in a smile, to the person's left, up and ahead."""
LOWERED: Shift = {107: (0.3, -BROWS_CM, 0), 336: (-0.3, -BROWS_CM, 0), 105: (0, -0.3, 0), 334: (0, -0.3, 0)}
"""The same for brows that are drawn down and together."""

PITCHES = (-8.0, 0.0, 8.0)
"""Degrees of the three heads that go up and down; the middle one is passed twice."""


def head(
    middle: Point,
    angles: tuple[float, float, float] = (0, 0, 0),
    *,
    shift: Shift | None = None,
    size: float = 1.0,
) -> list[SafeString]:
    """A face with these angles (yaw, pitch, roll in degrees, as `head_pose` counts them)."""
    rotation = rotation_of(*angles)

    def at(number: int) -> Point:
        x, y, _z = rotation @ (
            np.array(FOREHEAD.get(number) or CANONICAL_CM[number])
            + np.array((shift or {}).get(number, (0, 0, 0)))
        )
        return middle[0] + UNIT * size * float(x), middle[1] - UNIT * size * float(y)

    def along(numbers: Iterable[int]) -> list[Point]:
        return [at(number) for number in numbers]

    return [
        svg.curve(along(OVAL), "face", closed=True),
        *(svg.curve(along(part)) for part in (*LINES, *LIPS)),
        *(svg.curve(along(eye), closed=True) for eye in EYES),
        *(svg.circle(_middle(along(eye)), 2.4 * size, "dot") for eye in EYES),
    ]


def _middle(points: list[Point]) -> Point:
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)


def _row(heads: Iterable[tuple[list[SafeString], str]]) -> list[SafeString]:
    parts: list[SafeString] = []
    for place, (drawn, words) in zip((64, 180, 296), heads, strict=True):
        parts += [*drawn, svg.text((place, 144), words)]
    return parts


def expressions() -> Figure:
    """A face at rest, with lifted corners, with lowered brows; and their values."""
    values = {
        "lifted": units.tick("-1..1", round(valence(LIFT_CM, CHEEKS_CM, 0), 2)),
        "lowered": units.tick("-1..1", round(valence(0, 0, -BROWS_CM), 2)),
    }
    drawn = (
        (head((64, 66)), _("at rest")),
        (head((180, 66), shift=LIFTED), values["lifted"]),
        (head((296, 66), shift=LOWERED), values["lowered"]),
    )
    return svg.picture(154, _row(drawn), values)


def turned() -> Figure:
    """Turning, nodding and tilting: the three angles of a head."""
    drawn = (
        (head((64, 66), (25, 0, 0)), _("turned (yaw)")),
        (head((180, 66), (0, -20, 0)), _("lowered (pitch)")),
        (head((296, 66), (0, 0, 20)), _("tilted (roll)")),
    )
    return svg.picture(154, _row(drawn))


def pitches() -> Figure:
    """Three heads up and down, with the standard deviation of their angles."""
    drawn = [
        (head((place, 66), (0, pitch, 0)), units.limit("degrees", pitch))
        for place, pitch in zip((64, 180, 296), PITCHES, strict=True)
    ]
    spread = statistics.pstdev((*PITCHES, 0.0))
    values = {"angle": units.limit("degrees", PITCHES[-1]), "value": units.limit("degrees", round(spread, 1))}
    return svg.picture(154, _row(drawn), values)


def gaze() -> Figure:
    """From above: a head, the camera, and the cone around the line between them."""
    eye, camera = (60.0, 70.0), (300.0, 70.0)
    reach = 240 * float(np.tan(np.radians(10)))
    parts = [
        svg.polygon((eye, (camera[0], camera[1] - reach), (camera[0], camera[1] + reach)), "band"),
        svg.line(eye, camera, "accent"),
        svg.line(eye, (eye[0] + 170, eye[1] + 85), "dashed"),
        svg.circle((eye[0] - 26, eye[1]), 26, "stroke face"),
        svg.polygon(((eye[0] - 3, eye[1] - 6), (eye[0] + 7, eye[1]), (eye[0] - 3, eye[1] + 6)), "dot"),
        svg.rect((camera[0], camera[1] - 12), (20, 24), "stroke face"),
        svg.circle((camera[0], camera[1]), 5, "dot"),
        svg.text((310, 46), _("camera")),
        svg.text((180, 62), "10°", look="over"),
        svg.text((236, 166), _("the keyboard: outside"), look="quiet"),
        svg.text((34, 116), _("you")),
    ]
    return svg.picture(176, parts)


def smiling() -> Figure:
    """A face at rest and one that smiles."""
    parts = [
        *head((110, 66)),
        *head((250, 66), shift=LIFTED),
        svg.text((110, 144), _("at rest")),
        svg.text((250, 144), _("a smile")),
    ]
    return svg.picture(154, parts)


def leaning(towards: bool) -> Figure:
    """The picture of the camera: as usual, and leaning in or back."""
    size = 1.3 if towards else 0.72
    parts: list[SafeString] = []
    for left, scale in ((20.0, 1.0), (190.0, size)):
        middle = left + 75
        shoulder, neck = 58 * scale, 62 + 34 * scale
        slope = [
            (middle - shoulder, 120.0),
            (middle - shoulder * 0.9, neck + 10),
            (middle - 12 * scale, neck),
        ]
        parts += [
            svg.rect((left, 8), (150, 112), "stroke soft"),
            *head((middle, 62), size=0.62 * scale),
            svg.curve(slope),
            svg.curve([(2 * middle - x, y) for x, y in slope]),
        ]
    parts += [
        svg.text((95, 140), _("as usual")),
        svg.text((265, 140), _("leaning in") if towards else _("leaning back")),
    ]
    return svg.picture(150, parts)
