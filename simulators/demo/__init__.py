"""One province day played on simulated counters: what `make demo` runs. It starts the three programs as
processes."""
