"""What Sluice knows, without doing: pure values and decisions."""
