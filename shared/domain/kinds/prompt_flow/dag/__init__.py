"""Dag flows: nodes, their tools and their references."""
