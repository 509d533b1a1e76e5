"""Requests: read at the doors, kept in the ledger."""
