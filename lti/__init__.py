"""LTI 1.3 Advantage: platforms such as Moodle and Canvas launch Greenroom, choose assignments, get grades and rosters.

Start at `models` for what is kept. `message` judges one signed message, `keys` holds both sides' keys, `launch` takes a
launch from its first request to a person in a place; `errors` are all ways to refuse, `words` what people read then.
"""
