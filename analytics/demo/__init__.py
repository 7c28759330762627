"""The demo institution and its simulated history. Nobody in it exists, and every page that shows it says so.

`people` names them, `personas` says how each one behaves, `answers` simulates what the analysis would have found
in one answer, `history` spreads sessions over twelve weeks, `seed` writes it all. The same seed gives the same people;
dates are relative to today.

Assumptions of the generator (own choices, no study behind them): a person's cues scatter around a usual value with
one spread between answers and a third of it between sessions; about half of the people change slowly in one or two
cues, the others in none; weeks are missed at a rate of each person's own; one answer in twenty has a camera
problem. Nothing of it is evidence about real people, and no model is trained on it.
"""
