"""Matica XID retransfer printers (XID580x, XID8600); PROTOCOL.md tells their language."""
