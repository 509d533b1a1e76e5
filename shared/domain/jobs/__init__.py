"""What a job reports: steps, phase and result."""
