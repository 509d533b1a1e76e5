"""Kinds of package, one folder each."""
