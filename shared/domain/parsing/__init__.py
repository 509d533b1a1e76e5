"""Text from outside, read into values or into findings."""
