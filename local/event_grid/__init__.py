"""Event Grid: tells the Functions host's webhook of each blob that is written to a container."""
