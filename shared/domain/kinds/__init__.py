"""The kinds of package, one folder each."""
