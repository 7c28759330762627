"""Pages about cohorts and people: lists, rosters, invitations, and joining by one."""
