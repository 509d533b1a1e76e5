"""Reads MLflow models from disk."""
