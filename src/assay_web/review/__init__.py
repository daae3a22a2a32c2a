"""People's own ratings of sessions."""
