"""Blanks by name: what came, where each one is, and what left."""
