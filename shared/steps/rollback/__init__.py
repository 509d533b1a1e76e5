"""Puts an endpoint's previous release back, holds the endpoint, and resumes it."""
