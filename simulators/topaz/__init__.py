"""A simulated signature pad on a serial line (drivers/topaz/PROTOCOL.md)."""
