"""Roles, permissions, callers and the operator's policy."""
