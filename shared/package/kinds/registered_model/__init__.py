"""Reads deployments of registered models from disk."""
