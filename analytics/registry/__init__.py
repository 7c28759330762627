"""What an administrator sees of models: those in use, what there is to learn from, the last comparison, the history.

`page` puts it together, `comparison` says in words how a new model did, `history` lists trainings, switches and
rescorings. Figures of models and counts: never anybody's rating, a student's name or what a model said of anybody.
"""
