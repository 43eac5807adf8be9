"""Recording people: the sitting, its rules, and the book of what became of each recording."""
