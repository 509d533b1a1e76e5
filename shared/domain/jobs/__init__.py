"""What people are told of a job: steps, phase and result."""
