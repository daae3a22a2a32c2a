"""Baselines on the site: what the assistant achieves alone on a stage's exercise, and the lift over it."""
