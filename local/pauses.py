"""How long a part rests between two looks at a container."""

# A look takes so small a part of the time, however many blobs a container has; but the longest rest
# is this, also after storage was silent.
_SHARE = 10
_LONGEST = 5.0


def rest_after(took: float, least: float) -> float:
    """Seconds until the next look, after one that took so long."""
    return max(least, min(_SHARE * took, _LONGEST))
