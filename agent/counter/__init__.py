"""What the clerk and the citizen do at the counter: cards that wait, how they are told of, and given out."""
