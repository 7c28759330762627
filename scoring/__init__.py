"""From signals to explained scores. The core (cues, media, models) imports no Django: arrays in, typed results out."""
