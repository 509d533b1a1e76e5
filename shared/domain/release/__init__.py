"""The release: what is to be deployed, made from a package and its manifest."""
