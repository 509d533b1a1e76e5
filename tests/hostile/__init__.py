"""What is asked wrongly, generated: each to each route and command."""
