"""The province's program, each part over both engines."""
