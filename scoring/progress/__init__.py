"""What many sessions of one person say: what changed beyond error, where it is going, what is known, what to do next.

Pure arithmetic on arrays, each with its source. `reliability` says how far one session's figure can be trusted,
`reliable_change` whether two differ, `growth` draws a line through many, `tracing` estimates whether a skill is there,
`calibration` compares a person's own ratings with others', `difficulty` takes out what a harder question costs, `plan`
spaces practice. `student` is Student's t.
"""
