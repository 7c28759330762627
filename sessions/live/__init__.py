"""The live socket: protocol, state machine, journal, cues while the student speaks."""
