"""The release: what shall serve, made from a package and its manifest."""
