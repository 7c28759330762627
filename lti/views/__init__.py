"""Pages and answers under /lti/: thin, each beside the part whose work it shows."""
