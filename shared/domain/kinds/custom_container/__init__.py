"""Custom containers: an image with a server of its own, mostly built from a Dockerfile."""
