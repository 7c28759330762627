"""How a platform and an institution get to know each other: by hand, by a one-time link, or by Canvas's JSON.

`details` is what is agreed on, `products` what Moodle and Canvas make of a site's address, `checks` asks the platform
whether it is true, `actions` and `links` are the writes, `queries` the reads. `ours` is what we tell a platform of us;
`dynamic` and `configuration` carry out LTI Dynamic Registration; `rotation` renews our own keys.
"""
