"""A simulated serial fingerprint module (drivers/r30x/PROTOCOL.md)."""
