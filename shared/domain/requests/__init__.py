"""Requests: what comes in at the doors and is kept in the ledger."""
