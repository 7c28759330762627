"""The models that may score answers: which one is in use where, its network, and how that changes.

Start at `queries` (which version), `files` (from a version to its network; torch comes in only there) and `actions`
(registering, switching on, rolling back). `shipped` keeps the rows of the models that come with Greenroom.
"""
