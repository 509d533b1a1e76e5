"""The steps of a removal."""
