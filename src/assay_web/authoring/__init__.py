"""Drafts of exercises, and the immutable versions that sessions run on."""
