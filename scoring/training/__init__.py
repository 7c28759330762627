"""From a folder of rated answers to a model that may replace the one in use; commands and background jobs share it.

Start at `material` (what the ratings say, and how much is enough), `engagement` (judge by people held out, train on
all, write) and `counterfactual` (the advice for it). `comparing` holds the arithmetic of "better". No Django.

One process is enough: networks of some thousand weights learn 300 rated answers in seconds and a million seconds in
one or two minutes on one core, and use a GPU where there is one.
"""
