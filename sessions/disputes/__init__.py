"""Contest: a learner disputes a result in their own words, somebody who teaches them replies, and the history stays.

`actions` writes, `queries` has the lists and the gates: the learner's own, a teacher's, and an administrator's for
learners whom nobody teaches.
"""
