"""The ports on Azure, one adapter per service. Importing an adapter opens no connection."""
