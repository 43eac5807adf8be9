"""Synthetic people: nobody real, and marked so. Lists of orders with portraits, for demos and tests."""
