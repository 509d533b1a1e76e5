"""The views of the HTTP API: jobs, endpoints, metrics, how to call an endpoint and its answer."""
