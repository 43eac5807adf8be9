"""A printer of paper, and a print spooler with a dumb card printer behind it, that speak IPP."""
