"""What floors above may listen to. Each is sent inside the transaction of the act, so that listeners join it."""

from django.dispatch import Signal

membership_changed = Signal()
"""`membership`: its role changed, or the person left. Cohorts then close enrolments that no longer fit."""

consent_withdrawn = Signal()
"""`user`, `institution`, `purpose`: practice in progress may have to stop something."""
