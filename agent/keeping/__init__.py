"""Keeping a printer alive: supplies in days, cleaning, rest, settings that somebody changed, the test card."""
