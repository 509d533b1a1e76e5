"""What each step does, over ports."""
