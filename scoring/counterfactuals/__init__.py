"""Counterfactual advice: the smallest plausible change with which a classifier would have said "high".

GANterfactual, sections 3.3 and 3.4. The core knows neither interviews nor cues: it takes a `schema` (any numeric
table), a differentiable classifier and samples. Start at `schema`, then `network` and `training` (the adversarial part)
and `explain` (from a sample to at most two changes). No Django.
"""
