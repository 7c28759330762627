"""Rated answers as a folder that travels: what an institution exports and what the training commands read.

docs/interchange.md describes every column. Start at `layout` (files, columns, limits), then `reading` and `writing`;
`simulated` writes a folder of simulated people. People are pseudonyms throughout. No Django, no torch.
"""
