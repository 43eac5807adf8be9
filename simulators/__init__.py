"""The same devices as numbers, on the real wires; never imports drivers."""
