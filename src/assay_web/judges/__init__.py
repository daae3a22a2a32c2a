"""LLM judges on the site: which there are, which rate a stage's sessions, and how they are asked."""
