"""People: institutions, users, roles, consent, and what becomes of their data."""
