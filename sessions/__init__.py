"""Practice (app label "practice"): scenarios, sessions, answers, recordings, the live socket."""
