"""Find the cause and remedy of an error."""
