"""LTI 1.3 Advantage: the place of registrations, launches, deep linking, grades and rosters. Nothing is here yet."""
