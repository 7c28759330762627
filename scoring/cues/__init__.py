"""Cues: named, observable behaviour computed from landmarks and sound, live and afterwards, by the same functions.

Start at `catalogue` (what a cue is), `frames` (what arrives), `live.LiveCues` and `analysis.analyse` (what comes out).
"""
