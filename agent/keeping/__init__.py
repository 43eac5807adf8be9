"""Keeping a printer alive: supplies in days, cleaning, rest, settings that changed, the test card."""
