"""What people say of an answer: rubrics, ratings by teachers and by oneself, comments at moments, agreement of raters.

`rubric` holds the criteria, `actions` every write, `queries` the gate and the lists, `agreement` the statistics.
"""
