"""Python sources, read without running them."""
