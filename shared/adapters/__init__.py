"""What gives the ports against Azure: one service each. Importing one opens nothing."""
