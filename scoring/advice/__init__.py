"""Advice to a learner: which of the 18 engagement features a coach may speak of, and how far and which way.

Start at `schema` (what a coach may say) and `advise` (from the seconds of an answer to its advice; needs torch). The
counterfactuals behind it know only a table.
"""
