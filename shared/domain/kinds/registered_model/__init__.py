"""Registered models that Azure serves by themselves: of the workspace, or of a registry."""
