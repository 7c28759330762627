"""A platform's roster brings a course's students into its cohort before they launch, and marks who left.

`actions` has the verb, `people` makes accounts by the hundred, `jobs` runs it on demand and every night. What a launch
said of somebody counts for more than the roster: it never takes teaching away from somebody who is still in the course
(a teacher without editing rights launches as Instructor and stands in the roster as Learner), and never gives it.
Teachers come when they launch. Whoever was invited by hand is not the platform's to take out.
"""
