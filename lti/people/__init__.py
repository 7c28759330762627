"""Who and what a message stands for here: `entering` first, then `ways` for where it leads.

`told` makes fit to keep what a platform says. `persons`, `members` and `courses` find or make what a message names,
`links` what its link opens. `joining` makes one of two accounts where a person proves that both are theirs.
"""
