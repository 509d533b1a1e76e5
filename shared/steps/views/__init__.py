"""The views that the HTTP API returns: jobs, endpoints, metrics, and how to call an endpoint."""
