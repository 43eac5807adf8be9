"""What simulated devices on a serial line share: the line itself, its wires, its accidents, its process."""
