"""Turns requests from the three doors into jobs in the ledger; the sweep finds missed ones."""
