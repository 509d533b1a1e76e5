"""Azure's resources: what can be requested of them, and what they report."""
