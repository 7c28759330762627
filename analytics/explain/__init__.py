"""What each cue is, for the person it is about. `page` puts a page together from `texts`, `quotes` and `figures`."""
