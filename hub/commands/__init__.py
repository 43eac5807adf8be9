"""The hub's commands, a file for each matter."""
