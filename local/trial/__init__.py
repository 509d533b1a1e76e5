"""Serves one package on this machine, without the stack: for `sluice check --run`."""
