"""IPP: its bytes, and one request after the other."""
