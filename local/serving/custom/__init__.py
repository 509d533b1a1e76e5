"""Containers with a server of their own: the Python app that a Dockerfile starts, as a process."""
