"""The journal on a disk that forgets what was not synced, fails, or is full."""
