"""Reads custom containers from disk."""
