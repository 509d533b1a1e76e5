"""Scoring scripts: a score.py with init and run, which Azure's inference server serves."""
