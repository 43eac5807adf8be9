"""The crash matrix: one card's life cut at every point, by every accident, judged by the physical truth."""
