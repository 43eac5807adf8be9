"""Signature pads of Topaz on a serial line."""
