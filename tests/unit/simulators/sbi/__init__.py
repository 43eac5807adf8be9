"""The simulated biometric service by itself."""
