"""The content that ships with Assay."""
