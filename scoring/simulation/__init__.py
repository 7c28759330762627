"""Simulated people: behaviour and ratings of known truth, to train the default models and to feed tests and demos.

They never pass for real people: CARD.md says what is assumed and where each assumption comes from. Start at `behaviour`
(how engagement shows in the 18 features), `people` (who answers, over time, through which camera), `raters` (what eight
listeners say of it), `bayes` (the best that anybody could say from the features) and `dataset` (all of it together).
No Django.
"""
