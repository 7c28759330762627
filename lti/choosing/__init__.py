"""Deep Linking 2.0: a teacher comes from the platform to pick what their course practises, and goes back with links.

`selections` keeps what the platform asked, `picks` is what the teacher picks, `actions` collects and answers, `items`
is the answer as the platform reads it, `queries` holds the gate.
"""
