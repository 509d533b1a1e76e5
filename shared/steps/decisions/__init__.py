"""Takes decisions of people about jobs, and carries them out."""
