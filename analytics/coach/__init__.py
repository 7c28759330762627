"""The coach: stored advice in words, with its moments, one piece at a time, and remembered over sessions.

`pieces` reads stored advice, `words` says it (the phrases are in `face`, `body` and `voice`), `panel` is what the
pages show, `remembered` is what came up before and what has become of it.
"""
