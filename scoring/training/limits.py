"""How little is too little to train on. Without torch: the pages ask too, before a job is begun."""

from __future__ import annotations

LEAST_PEOPLE = 10
LEAST_ANSWERS = 40
LEAST_OF_A_SIDE = 10
"""Answers that most raters call high, and as many that they call low: fewer say nothing about a ranking."""
