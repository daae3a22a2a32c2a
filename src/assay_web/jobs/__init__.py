"""Durable work in the background; the only place that knows the job engine."""
