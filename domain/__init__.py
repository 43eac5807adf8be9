"""What the station and the hub mean by the same words. Pure: no input, no output, no clock."""
