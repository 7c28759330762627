"""Drills: one question asked again, in which only what was advised is watched, and measured before and after.

`watching` says what may be watched and by which means, `measuring` how a cue of one answer is measured with its error,
`aims` where it should go. Writes are in `actions`, reads in `queries`. A drill is a practice session like any other
(lobby, room, analysis), but counts for nothing: no history, no usual, no assignment, no teacher's page.
"""
