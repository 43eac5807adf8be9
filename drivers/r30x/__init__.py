"""Serial fingerprint modules of the ZFM-20, R30x and R503 kind, with a matcher of their own."""
