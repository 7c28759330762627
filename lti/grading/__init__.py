"""What a platform is told of a student in an assignment: that it is done, or points that a teacher confirmed.

Nothing else can become a grade. No estimate of a model, no cue and no index is read here, and import-linter keeps it
so: this package and `lti.services` import nothing that knows them. `completion` finds who is done, `rubric` proposes
points from the teacher's own ratings, `actions` has the verbs, `sending` brings the grades to the platform, `jobs` has
it done in the background, `queries` reads for the teacher's page, `words` says what went wrong.
"""
