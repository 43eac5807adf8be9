"""Paper sheets through a printer or a queue that speaks IPP: what drivers.paper_printer asks for."""
