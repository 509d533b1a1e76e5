"""From a request at any door to a job in the ledger, and the sweep that mends what was lost."""
