"""Each command: its arguments in, what it prints, its exit code out."""
