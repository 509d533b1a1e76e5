"""The edge: decode, one call, encode."""
