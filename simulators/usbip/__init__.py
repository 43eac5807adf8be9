"""A USB device on TCP: the far end of the kernel's USB/IP protocol, written from its documentation alone."""
