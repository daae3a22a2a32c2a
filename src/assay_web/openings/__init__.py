"""Openings, their stages, and the candidates invited to them."""
