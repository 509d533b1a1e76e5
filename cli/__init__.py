"""The command `sluice`: drop a flow, check one, follow a job, call an endpoint."""
