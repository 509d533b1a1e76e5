"""Names, ids and paths from outside, checked once."""
