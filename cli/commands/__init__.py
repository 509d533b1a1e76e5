"""One module for each command: it prints, and returns the exit code."""
