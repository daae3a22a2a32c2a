"""Assay measures how people work with language models, and lets everyone check the measurement."""

__version__ = "0.1.0"
