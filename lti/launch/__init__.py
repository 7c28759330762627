"""A launch, from its first request to a message in order: `login` begins it, `arrival` judges what comes back."""
