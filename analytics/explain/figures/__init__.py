"""Drawings that explain a cue, made from geometry and in the colours of the page. Start at `registry`."""
