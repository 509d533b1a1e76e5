"""Generated hostile packages and invalid requests, for each route and command."""
