"""The app behind the functions: domain, ports, steps and adapters."""
