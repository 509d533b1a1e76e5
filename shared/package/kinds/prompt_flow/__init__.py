"""Reads prompt flows from disk."""
