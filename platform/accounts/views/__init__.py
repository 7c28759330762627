"""Pages about the person: the way in, the password, the profile, what is stored, and the institution's policy."""
