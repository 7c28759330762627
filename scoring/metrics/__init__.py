"""How good a model is, in plain NumPy: each function names its source. No Django, no torch."""
