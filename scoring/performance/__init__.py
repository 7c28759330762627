"""The performance index Pd: how far an answer's behaviour lies from what its question expects (TARDIS, section 5).

Start at `expectation` (what is expected, with the defaults) and `index` (the weighted sum and its terms). No Django.
"""
