"""Runs the steps of a job over the ports; the rooms inside hold what each step does."""
