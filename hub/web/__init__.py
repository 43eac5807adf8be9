"""The province's screen: read-only, server-rendered, on this machine's loopback unless told otherwise."""
