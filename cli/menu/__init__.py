"""The commands of `sluice`: names, arguments and options. Each imports what it runs."""
