"""One log carried over a bad link; both ends run these same files. Knows no card and no clerk."""
