"""Where something listens on a network, as a command says it. Pure."""

PORT_MAX = 65535


def place(text: str, usual: str = "") -> tuple[str, int]:
    """``HOST:PORT``; ``usual``: the host if none is said. ValueError with one sentence for what is none."""
    host, _, port = text.rpartition(":")
    host = host or usual
    try:
        host.encode("idna")
    except UnicodeError:
        port = ""
    if not host or not (port.isascii() and port.isdecimal()) or len(port) > 5 or int(port) > PORT_MAX:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return host, int(port)
