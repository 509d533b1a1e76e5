"""What people see: jobs, endpoints, metrics, and how to call an endpoint."""
