"""The comparison of a new deployment with the one that serves, before any traffic: pure."""
