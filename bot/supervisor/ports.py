"""Seeing that a port is taken before a process fails over it."""

from __future__ import annotations

import socket


class PortTakenError(Exception):
    """Somebody listens on a port that we need; the message names port, process and the setting."""


def check_port_is_free(host: str, port: int, what: str, setting: str) -> None:
    """Raise `PortTakenError` when something listens on `port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port that was in use a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise PortTakenError(
                f"Port {port} for the {what} process needs root. Set {setting} to a number above 1023."
            ) from None
        except OSError:
            raise PortTakenError(
                f"Port {port}, which the {what} process needs, is in use. "
                f"Is Cityline running already? Otherwise set {setting}."
            ) from None
