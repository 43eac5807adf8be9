"""Evolis card printers of the Primacy and Zenius class; PROTOCOL.md tells their language."""
