"""Sheets of paper over IPP."""
