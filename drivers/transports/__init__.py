"""The wires: each carries bytes to one device and its answer back, and knows nothing of what they mean."""
