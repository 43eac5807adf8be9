"""A simulated MOSIP SBI device service: slap scanner, double iris camera and face camera on one port."""
