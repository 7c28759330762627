"""Histories, progress, charts, cohort and usage pages, exports: what many sessions say together."""
