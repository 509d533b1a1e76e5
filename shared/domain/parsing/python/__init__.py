"""Read Python sources through their syntax trees; no code of a package is run."""
