"""From an error to its cause and remedy."""
