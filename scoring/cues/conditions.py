"""What becomes of the visual cues when the picture is not as it should be.

Each of these is tested (tests/scoring/cues/test_conditions.py); docs/cues.md prints them.
"""

from __future__ import annotations

CONDITIONS: list[tuple[str, str]] = [
    (
        "mirrored after the points were named",
        "Seen in the shape of the face and undone: every cue is what it is without the mirror.",
    ),
    (
        "mirrored before the points were named",
        "Cannot be seen, for a mirrored person is a person. Left and right are exchanged; nothing else changes.",
    ),
    (
        "mirrored, face now and then lost",
        "A picture without a face is taken to be as mirrored as the one before.",
    ),
    ("portrait phone", "The same values: lengths are in shoulder widths, angles in degrees."),
    (
        "glasses: restless irises",
        "Irises that jump by 3 degrees make no gaze away, and the share of gaze stays within 10 points.",
    ),
    (
        "glasses: wrong irises",
        "Irises beside the eyes, or eyes that contradict each other: gaze is absent, all else is measured.",
    ),
    (
        "glasses: eyes look narrow",
        "How open the eyes are is judged against the person's own eyes: they count neither as closed nor as away.",
    ),
    (
        "two faces",
        "The largest face in the picture is sent. The one followed so far stays the one followed; frames that show "
        "another do not count.",
    ),
    (
        "another face takes the place",
        "Followed after one second; neutral, size and usual place are learnt anew, so that the cues that need them "
        "are absent for two seconds. No event comes of it.",
    ),
    (
        "somebody else's body",
        "A body whose nose is elsewhere than the face does not count: the cues of the body are absent.",
    ),
    ("nobody", "Every visual cue is absent: no face, no shoulders. No event."),
    ("face too small", "Below a tenth of the picture's height in width, the cues of the face are absent."),
    (
        "hands out of the picture",
        "Arms, wrists and gestures are absent, not zero; a hand that is not in the picture is not at the face.",
    ),
    (
        "hips out of the picture",
        "The wrists' places against the hips are absent; elbows and all else are measured.",
    ),
    ("low light", "With a mean brightness under 35 of 255, the cues of the face are absent."),
    (
        "head at the picture's edge",
        "Measured as long as the landmarks are found; when they come and go, no event and no speed comes of it.",
    ),
    (
        "2 pictures a second",
        "Shares, places and angles are measured over a second or more; speeds and the half-second track are absent; "
        "nods and shakes are not seen and never invented.",
    ),
    (
        "5 pictures a second",
        "Everything is measured; what lasts comes within 0.25 s of its time. A quick nod may be missed.",
    ),
    ("a lost second", "No event begins or ends for it, no speed leaps over it, and what lasts goes on."),
    (
        "ten lost seconds",
        "What lasted ended when it was last seen; after 3 s without a face the neutral is new.",
    ),
    (
        "body in every third picture",
        "A slow machine looks for body and hands in some pictures only: what was found stands until the next find is "
        "due, 0.6 s at most.",
    ),
    (
        "camera pushed",
        "A jump of the whole body from one picture to the next is the camera's: no event, no movement, no sway.",
    ),
    (
        "camera turned slowly",
        "Cannot be told from a person who moves: movement and sway rise. No event comes of it.",
    ),
    (
        "a person leaves and another returns",
        "What lasted ends when it was last seen; meanwhile all is absent. After 3 s, neutral, size and usual place are "
        "learnt anew (a stored neutral of the person is taken again).",
    ),
    ("away for a moment", "Under 3 s it is the same person: the neutral stays."),
]
"""What happens, and what becomes of the cues."""
