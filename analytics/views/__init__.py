"""The pages. Each reads through its queries, builds charts and words, and renders."""
