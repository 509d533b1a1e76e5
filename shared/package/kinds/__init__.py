"""Reads packages of each kind from disk: one folder for each, as in `shared.domain.kinds`."""
