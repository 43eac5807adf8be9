"""Biometric scanners behind a MOSIP SBI service. PROTOCOL.md beside this file is the whole language."""
