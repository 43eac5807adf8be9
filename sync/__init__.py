"""One log carried over a bad link; both ends use the same files; knows no card and no clerk."""
