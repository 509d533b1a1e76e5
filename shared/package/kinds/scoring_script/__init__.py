"""Reads scoring scripts from disk."""
