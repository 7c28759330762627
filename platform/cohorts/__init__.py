"""Groups: cohorts, who is in them, what they are asked to practise, and how people are invited."""
