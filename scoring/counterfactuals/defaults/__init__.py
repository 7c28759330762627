"""The generator that comes with Greenroom. Remade by `python -m scoring.counterfactuals.defaults`."""
