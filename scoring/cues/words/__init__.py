"""Verbal cues: from a transcript with word times to what was said and how. Start at `transcript` and `reading`."""
