"""Bodies: stick figures from the joints that the measurement uses, with the distance or angle that is meant.

Seen as the camera sees them: the person's left is on the right. Distances are in shoulder widths, y upwards from the
hips' height.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics import units
from analytics.explain.figures import heads, svg
from analytics.explain.figures.svg import Figure, Point
from scoring.cues.canonical_face import CANONICAL_CM

Side = Literal["left", "right"]
Joints = dict[str, Point]

STANDING: Joints = {
    "left_shoulder": (0.5, 1.5),
    "right_shoulder": (-0.5, 1.5),
    "left_elbow": (0.72, 0.86),
    "right_elbow": (-0.72, 0.86),
    "left_wrist": (0.62, 0.2),
    "right_wrist": (-0.62, 0.2),
    "left_hip": (0.34, 0.0),
    "right_hip": (-0.34, 0.0),
}
REACHING: Joints = {"left_elbow": (0.8, 0.9), "left_wrist": (0.9, 0.55)}
"""A left hand beside and above its hip; the right one mirrors it where the right one is meant."""
BENT: Joints = {"left_elbow": (0.74, 0.85), "left_wrist": (1.3, 1.25)}
CROSSED: Joints = {
    "left_elbow": (0.66, 0.88),
    "right_elbow": (-0.66, 0.88),
    "left_wrist": (-0.36, 1.0),
    "right_wrist": (0.36, 0.84),
}
INWARD_DEGREES = 35.0
UNIT = 76.0
_MIDDLE, _GROUND = 180.0, 172.0


def joints(posture: Joints, side: Side = "left") -> Joints:
    """The whole body in a posture that is given for the left side; mirrored for the right."""
    body = STANDING | posture
    if side == "left":
        return body
    swap = {"left": "right", "right": "left"}
    return {f"{swap[name.split('_')[0]]}_{name.split('_')[1]}": (-x, y) for name, (x, y) in body.items()}


def _at(point: Point) -> Point:
    return _MIDDLE + UNIT * point[0], _GROUND - UNIT * point[1]


def body(of: Joints, bold: tuple[str, ...] = ()) -> list[SafeString]:
    """The stick figure; limbs that end in one of the joints `bold` are drawn in the accent."""
    at = {name: _at(point) for name, point in of.items()}
    trunk = [
        at[name] for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip", "left_shoulder")
    ]
    parts = [svg.polyline(trunk), svg.circle((_MIDDLE, _GROUND - UNIT * 1.98), 20, "stroke")]
    for side in ("left", "right"):
        chain = [at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist")]
        look = "accent" if f"{side}_wrist" in bold else ""
        parts += [svg.polyline(chain, look), *(svg.circle(point, 4, "dot") for point in chain)]
    return [*parts, *(svg.circle(at[f"{side}_hip"], 4, "dot") for side in ("left", "right"))]


def sideways(side: Side) -> Figure:
    """How far a wrist is beside its hip."""
    of = joints(REACHING, side)
    wrist, hip = of[f"{side}_wrist"], of[f"{side}_hip"]
    low, corner = _at(hip), _at((wrist[0], hip[1]))
    parts = [
        *body(of, (f"{side}_wrist",)),
        svg.line(_at(wrist), corner, "dashed"),
        svg.line(low, corner, "measure"),
    ]
    value = units.in_unit("shoulder widths", abs(wrist[0] - hip[0]))
    return svg.picture(200, [*parts, _said(value, corner[0], corner[1] + 18)], {"value": value})


def above(side: Side) -> Figure:
    """How high a wrist is above its hip."""
    of = joints(REACHING, side)
    wrist, hip = of[f"{side}_wrist"], of[f"{side}_hip"]
    high, corner = _at(wrist), _at((wrist[0], hip[1]))
    parts = [
        *body(of, (f"{side}_wrist",)),
        svg.line(_at(hip), corner, "dashed"),
        svg.line(high, corner, "measure"),
    ]
    value = units.in_unit("shoulder widths", wrist[1] - hip[1])
    return svg.picture(200, [*parts, _said(value, corner[0], corner[1] + 18)], {"value": value})


def _said(value: str, x: float, y: float) -> SafeString:
    return svg.text((min(max(x, 80), svg.WIDTH - 80), y), value)


def bend_of(of: Joints, side: Side) -> float:
    """Degrees between upper arm and forearm in the plane of the picture, 0 for a straight arm."""
    shoulder, elbow, wrist = (np.array(of[f"{side}_{joint}"]) for joint in ("shoulder", "elbow", "wrist"))
    upper, lower = elbow - shoulder, wrist - elbow
    cosine = float(upper @ lower / (np.linalg.norm(upper) * np.linalg.norm(lower)))
    return math.degrees(math.acos(cosine))


def bent(side: Side) -> Figure:
    """An elbow, and where the forearm would be if the arm were straight."""
    of = joints(BENT, side)
    shoulder, elbow = (np.array(of[f"{side}_{joint}"]) for joint in ("shoulder", "elbow"))
    straight = elbow + (elbow - shoulder) / np.linalg.norm(elbow - shoulder) * 0.62
    value = units.in_unit("degrees", bend_of(of, side))
    forearm = np.array(of[f"{side}_wrist"]) - elbow
    swing = _arc(elbow, straight - elbow, forearm, 0.3)
    parts = [
        *body(of, (f"{side}_wrist",)),
        svg.line(_at(_pair(elbow)), _at(_pair(straight)), "dashed"),
        svg.polyline([_at(point) for point in swing], "measure"),
        svg.text(_at(_pair(elbow + np.array([0.62 if side == "left" else -0.62, -0.08]))), value),
    ]
    return svg.picture(200, parts, {"value": value})


def _pair(point: np.ndarray) -> Point:
    return float(point[0]), float(point[1])


def _arc(middle: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> list[Point]:
    first, last = math.atan2(start[1], start[0]), math.atan2(end[1], end[0])
    way = (last - first + math.pi) % (2 * math.pi) - math.pi
    angles = [first + way * step / 16 for step in range(17)]
    return [(middle[0] + radius * math.cos(a), middle[1] + radius * math.sin(a)) for a in angles]


def crossed() -> Figure:
    return svg.picture(200, body(joints(CROSSED), ("left_wrist", "right_wrist")))


def inward(side: Side) -> Figure:
    """Seen from above: shoulders, and a forearm that points inward by `INWARD_DEGREES`; the camera is below."""
    sign = 1.0 if side == "left" else -1.0
    elbow, turn = (180 + sign * 62, 52.0), math.radians(INWARD_DEGREES)
    ahead, wrist = (
        (elbow[0], elbow[1] + 92),
        (elbow[0] - sign * 92 * math.sin(turn), elbow[1] + 92 * math.cos(turn)),
    )
    arc = [
        (elbow[0] - sign * 50 * math.sin(turn * s / 12), elbow[1] + 50 * math.cos(turn * s / 12))
        for s in range(13)
    ]
    shoulders = ((180 + 50.0, 34.0), (180 - 50.0, 34.0))
    value = units.limit("degrees", INWARD_DEGREES)
    parts = [
        svg.line(*shoulders),
        svg.circle((180, 30), 20, "stroke face"),
        svg.polygon(((172, 49), (188, 49), (180, 58)), "dot"),
        svg.polyline((shoulders[0] if side == "left" else shoulders[1], elbow, wrist), "accent"),
        svg.line(elbow, ahead, "dashed"),
        svg.polyline(arc, "measure"),
        *(svg.circle(point, 4, "dot") for point in (elbow, wrist)),
        svg.text((elbow[0] + sign * 8, 112), value, "start" if side == "left" else "end"),
        svg.text((ahead[0], 162), _("straight ahead")),
        svg.text((180, 186), _("camera"), look="quiet"),
    ]
    return svg.picture(194, parts, {"value": value})


SWAY = 0.12
"""Shoulder widths to either side."""


def swaying() -> Figure:
    """A head left of its middle, in the middle, right of it."""
    spread = SWAY * math.sqrt(0.5)
    values = {
        "reach": units.limit("shoulder widths", SWAY),
        "value": units.in_unit("shoulder widths", spread),
    }
    shift, shoulders = (
        SWAY * 120,
        [(120.0, 150.0), (132.0, 128.0), (180.0, 118.0), (228.0, 128.0), (240.0, 150.0)],
    )
    parts = [
        svg.curve(shoulders, "soft"),
        svg.circle((180 - shift, 64), 36, "stroke soft"),
        svg.circle((180 + shift, 64), 36, "stroke soft"),
        svg.circle((180, 64), 36, "stroke face"),
        svg.line((180 - shift, 18), (180 + shift, 18), "measure"),
        svg.text((180, 170), values["reach"] + " " + _("to either side")),
    ]
    return svg.picture(180, parts, values)


def hand_at_face() -> Figure:
    """The outline of a face, the line a quarter of a shoulder width around it, and a point of a hand."""
    scale, middle = 6.4, (180.0, 84.0)
    outline = [
        (middle[0] + scale * place[0], middle[1] - scale * place[1])
        for place in (heads.FOREHEAD.get(n) or CANONICAL_CM[n] for n in heads.OVAL)
    ]
    # The shoulders are about two and a half faces wide: a quarter of them is 0.6 face widths.
    reach = 0.6 * (max(x for x, _y in outline) - min(x for x, _y in outline)) / 2
    around = [
        (x + reach * (x - middle[0]) / d, y + reach * (y - middle[1]) / d)
        for x, y in outline
        if (d := math.dist((x, y), middle))
    ]
    parts = [
        *heads.head(middle, size=scale / heads.UNIT),
        svg.curve(around, "dashed", closed=True),
        svg.circle((210, 146), 6, "mark"),
    ]
    return svg.picture(190, parts)
