"""Recordings at the province: the pieces that come in, opened, checked and kept, and the receipt."""
