"""Receives the traces of jobs from the app, as an OpenTelemetry collector does."""
