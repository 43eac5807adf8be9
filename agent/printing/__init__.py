"""One card after another through one printer: jobs, their states, the evidence, and the drawing."""
