"""People who sign in, their teams, and what each role may do."""
