"""Experiments over variants and seeds."""
