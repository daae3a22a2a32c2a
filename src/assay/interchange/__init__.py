"""Scored sessions in the forms of other programs."""
