"""Card printers that speak no public protocol, through the operating system's spooler. See PROTOCOL.md."""
