"""IPP as far as Loket needs it: printing a document through a print queue. See PROTOCOL.md."""
