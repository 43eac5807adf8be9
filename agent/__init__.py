"""The station's program: composes domain, drivers and sync; imported by nobody."""
