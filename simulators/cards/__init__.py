"""What any simulated card printer has: blanks, trays, accidents, hands, truth, pace. It knows no family."""
