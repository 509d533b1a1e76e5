"""Scoring scripts: the server that Azure's images run, and an environment for each conda file."""
