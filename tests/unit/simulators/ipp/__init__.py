"""The simulated printers that speak IPP."""
