"""Card printers behind a print spooler."""
