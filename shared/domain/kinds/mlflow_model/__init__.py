"""MLflow models that Azure serves without code: read from values, with every finding."""
