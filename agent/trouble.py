"""What a person has to put right, in one clear sentence."""

from __future__ import annotations


class Trouble(Exception):
    """Something that stops a command; ``str()`` is one sentence for a person. Exit code 1."""
