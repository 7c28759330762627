"""The model that comes with Greenroom. Remade by `python -m scoring.engagement.defaults`."""
